"""Running a study: tasks, their order, stored results and the comparison made from them."""

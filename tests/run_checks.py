"""Run scikit-learn's checks on all estimators of tables and print the results as JSON.

This is a script, because one check requires SCIPY_ARRAY_API to be set before SciPy is imported.
"""

import json
import warnings

from instances import TABLE_ESTIMATORS
from sklearn.utils.estimator_checks import check_estimator

results = {}
for name, estimator in TABLE_ESTIMATORS.items():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tables of the checks cause correct warnings
        outcome = check_estimator(estimator, on_fail=None)
    results[name] = [(check["check_name"], check["status"], repr(check["exception"])) for check in outcome]
print(json.dumps(results))  # noqa: T201

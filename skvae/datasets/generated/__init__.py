"""Generated songs: recipes, composition, rendering and lyrics."""

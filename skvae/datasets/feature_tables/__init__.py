"""Loading of tables that contain precomputed features."""

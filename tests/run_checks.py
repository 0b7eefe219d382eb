"""Run scikit-learn's checks on every estimator of tables and print what came of each as JSON.

A process of its own: one of the checks wants SCIPY_ARRAY_API set before SciPy is imported.
"""

import json
import warnings

from instances import TABLE_ESTIMATORS
from sklearn.utils.estimator_checks import check_estimator

results = {}
for name, estimator in TABLE_ESTIMATORS.items():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the checks feed tables that deserve warnings
        outcome = check_estimator(estimator, on_fail=None)
    results[name] = [(check["check_name"], check["status"], repr(check["exception"])) for check in outcome]
print(json.dumps(results))  # noqa: T201

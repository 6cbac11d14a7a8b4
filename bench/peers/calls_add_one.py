"""The task of joblib and ProcessPoolExecutor, in a module that workers import."""


def add_one(x):
    return x + 1

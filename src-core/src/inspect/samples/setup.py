import sys
from setuptools import setup, find_packages

about = {"__version__": "1.0"}
REQUIRES = ["click>=8"] + ["rich"]
if sys.version_info < (3, 9):
    REQUIRES.append("importlib-metadata")
EXTRAS = dict(x=["a; python_version < '3.9'"])
setup(
    name="sample" + "-x", version="1." + "0", description="é".strip(),
    install_requires=REQUIRES, extras_require=EXTRAS, python_requires=">=3.9",
    packages=find_packages(where="src"), package_dir={"": "src"},
    entry_points={"console_scripts": ["sample = sample.cli:main [x]"], "plugins": "a = b:c"},
    classifiers=["License :: OSI Approved :: MIT License"], **{"author": "A"}
)

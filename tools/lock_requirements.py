"""Pin every dependency by version and hash, with no index or download address in the files."""

import subprocess
import sys

SETS = {"runtime": ["build"], "dev": ["build", "dev"]}

for name, extras in SETS.items():
    subprocess.run(
        [
            *(sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--upgrade", "--generate-hashes"),
            *("--no-emit-index-url", "--no-header", "--no-annotate", "--python-version", "3.11"),
            *(argument for extra in extras for argument in ("--extra", extra)),
            *("pyproject.toml", "-o", f"requirements/{name}.txt"),
        ],
        check=True,
    )

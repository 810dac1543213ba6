"""How long one waits before anything happens."""

import sys

from harness import bench, console_script

bench("python -c 'import bellpush'", [sys.executable, "-c", "import bellpush"], goal=0.5)
bench("bellpush run humphreys-2018 --json", [console_script("bellpush"), "run", "humphreys-2018", "--json"], goal=3.5)

"""The first screen of the repository holds what a newcomer needs, and nothing else."""

import re
import tomllib

from repository import ROOT, tracked_files

ALLOWED = {"README.md", "LICENSE", "CHANGELOG.md", "pyproject.toml", "waterbalance", "scenarios", "notebooks", "tests"}
ALLOWED_HIDDEN = {".ci", ".gitignore", ".gitattributes", ".github", ".editorconfig", ".pre-commit-config.yaml"}

LOCK = ROOT / ".ci" / "requirements.lock"


def normal(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_only_the_agreed_entries_stand_at_the_top() -> None:
    entries = {path.parts[0] for path in tracked_files()}
    assert entries - ALLOWED - ALLOWED_HIDDEN == set()


def test_every_line_of_the_lock_is_a_package_with_hashes() -> None:
    text = "\n".join(line for line in LOCK.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    packages = [line for line in text.replace("\\\n", " ").splitlines() if line.strip()]
    assert len(packages) > 50
    loose = [line for line in packages if not re.fullmatch(r"[A-Za-z0-9._-]+==\S+(\s+--hash=sha256:[0-9a-f]{64})+\s*", line)]
    assert loose == []


def test_the_lock_holds_every_package_that_is_asked_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {
        normal(re.split(r"[\s\[<>=!~;]", line)[0])
        for line in [*project["dependencies"], *project["optional-dependencies"]["test"]]
    }
    locked = {normal(name) for name in re.findall(r"^([A-Za-z0-9._-]+)==", LOCK.read_text(encoding="utf-8"), re.MULTILINE)}
    assert asked - locked == set()

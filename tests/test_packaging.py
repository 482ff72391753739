"""The program is found and runs from a wheel, from a checkout and from the environment's own installation."""

import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

import itdesk

CHECKOUT = Path(__file__).parent.parent


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Standard output of a command that has to succeed, without anything of this process's environment."""
    done = subprocess.run(
        list(command),
        cwd=cwd,
        env={"PATH": "/usr/bin:/bin", "HOME": str(cwd), "LANG": "C.UTF-8"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def build(target: str, source: Path, folder: Path) -> Path:
    """Build a wheel or sdist with the build back-end itself: no network, no isolated environment."""
    run(sys.executable, "-m", "hatchling", "build", "-t", target, "-d", folder, cwd=source)
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", CHECKOUT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def empty_environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh virtual environment in which nothing is installed, but which sees the libraries of this one."""
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, with_pip=True)
    # Searched after the environment's own folder; .pth files in there (the editable itdesk's) are not read.
    (site_packages(folder) / "libraries.pth").write_text(sysconfig.get_path("purelib"))
    return folder


def site_packages(environment: Path) -> Path:
    return next((environment / "lib").glob("python*/site-packages"))


def files_of(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def test_the_wheel_holds_the_program_its_settings_and_its_themes(wheel: Path) -> None:
    files = files_of(wheel)
    for folder in ("config", "themes"):
        shipped = {path for path in (CHECKOUT / folder).rglob("*") if path.is_file() and path.name != ".keep"}
        assert shipped
        assert {f"itdesk/_data/{path.relative_to(CHECKOUT)}" for path in shipped} <= files
    sources = {path for path in (CHECKOUT / "itdesk").rglob("*") if path.is_file() and path.suffix != ".pyc"}
    assert {str(path.relative_to(CHECKOUT)) for path in sources} <= files
    assert {name.partition("/")[0] for name in files} == {"itdesk"}


def test_a_wheel_built_from_the_source_archive_is_the_same(wheel: Path, tmp_path: Path) -> None:
    archive = build("sdist", CHECKOUT, tmp_path / "sdist")
    shutil.unpack_archive(archive, tmp_path)
    source = tmp_path / archive.name.removesuffix(".tar.gz")
    assert files_of(build("wheel", source, tmp_path / "wheel")) == files_of(wheel)


def use(*program: str | Path, cwd: Path, **environment: str) -> None:
    """Make a desk with the shipped settings, check them, and open a ticket, which the shipped rules decide."""
    run(*program, "init", cwd=cwd, **environment)
    run(*program, "config", "check", cwd=cwd, **environment)
    run(*program, "new", "VPN does not connect", cwd=cwd, **environment)
    assert "VPN does not connect" in run(*program, "list", cwd=cwd, **environment)


WHERE = "from itdesk.settings import locations as l; print(l.shipped_config(), l.shipped_themes(), sep='\\n')"


def test_an_installed_wheel_runs_and_finds_its_own_files(wheel: Path, empty_environment: Path, tmp_path: Path) -> None:
    python = empty_environment / "bin" / "python"
    run(python, "-m", "pip", "install", "--no-index", "--no-deps", "--quiet", wheel, cwd=tmp_path)
    try:
        program = empty_environment / "bin" / "itdesk"
        assert itdesk.__version__ in run(program, "--version", cwd=tmp_path)
        use(program, cwd=tmp_path)
        for found in run(python, "-c", WHERE, cwd=tmp_path).splitlines():
            assert Path(found).is_relative_to(site_packages(empty_environment))
            assert Path(found).is_dir()
    finally:
        run(python, "-m", "pip", "uninstall", "--yes", "--quiet", "itdesk", cwd=tmp_path)


def test_a_checkout_runs_without_being_installed(empty_environment: Path, tmp_path: Path) -> None:
    python = empty_environment / "bin" / "python"
    assert itdesk.__version__ in run(python, "-m", "itdesk", "--version", cwd=CHECKOUT)
    use(python, "-m", "itdesk", cwd=tmp_path, PYTHONPATH=str(CHECKOUT))
    found = run(python, "-c", WHERE, cwd=tmp_path, PYTHONPATH=str(CHECKOUT)).splitlines()
    assert found == [str(CHECKOUT / "config"), str(CHECKOUT / "themes")]


def test_the_environment_s_own_installation_runs_from_anywhere(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("itdesk")
    assert itdesk.__version__ in run(program, "--version", cwd=tmp_path)
    use(program, cwd=tmp_path)

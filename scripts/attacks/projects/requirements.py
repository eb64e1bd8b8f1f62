"""Requirement strings, markers, groups and locks that are deep, long or lead in circles."""

import json

from ..cases import READ, SCREEN
from .parsers import DEPTHS, EVERYWHERE, MAIN
from .recipe import project, raw, sampled

PART = "parsers"


def cases():
    return sampled(requirements() + included() + locks(), 4)


def requirements():
    """Requirement strings and markers, wherever they stand."""
    found = []

    def everywhere(name, text, places=("dependencies", "requirements.txt", "script", "extra", "build")):
        quoted = json.dumps(text)
        comment = f"# /// script\n# dependencies = [{quoted}]\n# ///\n"
        made = {
            "dependencies": project(
                PART, f"{name} in dependencies", table=f"dependencies = [{quoted}]", commands=EVERYWHERE
            ),
            "extra": project(
                PART,
                f"{name} in an extra",
                table=f"[project.optional-dependencies]\nx = [{quoted}]\n[dependency-groups]\ny = [{quoted}]",
                commands=EVERYWHERE,
            ),
            "build": project(
                PART, f"{name} in build requirements", requires=f'["hatchling", {quoted}]', commands=EVERYWHERE
            ),
            "requirements.txt": raw(
                PART, f"{name} in requirements.txt", {**MAIN, "requirements.txt": text + "\n"}, commands=EVERYWHERE
            ),
            "script": raw(
                PART,
                f"{name} in a script",
                {"tool.py": comment + MAIN["main.py"]},
                commands=["inspect {project}/tool.py", "plan zipapp {project}/tool.py", "{screen} {project}/tool.py"],
            ),
            "setup.cfg": raw(
                PART,
                f"{name} in setup.cfg",
                {
                    "setup.cfg": f"[metadata]\nname = app\nversion = 1\n[options]\npy_modules = main\ninstall_requires =\n  {text}\nsetup_requires =\n  {text}\n",
                    **MAIN,
                },
                commands=EVERYWHERE,
            ),
            "poetry": project(
                PART,
                f"{name} for Poetry",
                "poetry",
                f"[tool.poetry.dependencies]\nsix = {{ version = '*', markers = {json.dumps(text.partition(';')[2].strip())} }}",
                commands=EVERYWHERE,
            ),
        }
        found.extend(made[place] for place in places)

    for depth in DEPTHS:
        everywhere(
            f"{depth} brackets",
            "six ; " + "(" * depth + 'python_version > "3"' + ")" * depth,
            ("dependencies", "requirements.txt", "script", "setup.cfg", "poetry", "extra", "build")
            if depth == 3000
            else ("dependencies", "requirements.txt"),
        )
    everywhere("brackets that never close", "six ; " + "(" * 20_000, ("dependencies", "requirements.txt"))
    everywhere("20,000 times and", "six ; " + " and ".join(['python_version > "3"'] * 20_000))
    everywhere(
        "20,000 times or",
        "six ; " + " or ".join([f'python_version > "3.{number}"' for number in range(20_000)]),
        ("dependencies", "script"),
    )
    everywhere(
        "and of or of and",
        "six ; "
        + " and ".join(f'(os_name == "{n}" or sys_platform == "{n}" or python_version < "3.{n}")' for n in range(60)),
        ("dependencies",),
    )
    everywhere("a megabyte of name", "a" * 1_000_000, ("dependencies", "requirements.txt"))
    everywhere(
        "a megabyte of versions",
        "six " + ",".join(f"!=1.{number}" for number in range(150_000)),
        ("dependencies", "requirements.txt"),
    )
    everywhere("a number that is too long", "six == " + "9" * 5000 + ".1", ("dependencies", "script"))
    everywhere("100,000 extras", "six[" + ",".join(f"e{number}" for number in range(100_000)) + "]", ("dependencies",))
    everywhere("a long address", "six @ http://127.0.0.1:1/" + "a/" * 200_000, ("dependencies",))
    everywhere(
        "letters that are many bytes", "ſix𝟙 ; platform_version == '\u0130\u202e'", ("dependencies", "requirements.txt")
    )
    return found


def included():
    """Requirements in steps and circles."""
    found = []
    many = ", ".join(f'"p{number}"' for number in range(50_000))
    found.append(project(PART, "50,000 requirements", table=f"dependencies = [{many}]", commands=[*READ, SCREEN]))
    include = {f"r{number}.txt": f"-r r{number + 1}.txt\n" for number in range(3000)}
    found.append(
        raw(
            PART,
            "requirements in 3,000 steps",
            {**MAIN, "requirements.txt": "-r r0.txt\n", **include},
            commands=EVERYWHERE,
        )
    )
    fan = {f"f{level}.txt": f"-r f{level + 1}.txt\n" * 10 for level in range(12)}
    found.append(
        raw(
            PART,
            "requirements that fan out",
            {**MAIN, "requirements.txt": "-r f0.txt\n", **fan, "f12.txt": "six\n"},
            commands=EVERYWHERE,
        )
    )
    groups = (
        "\n".join(f"g{n} = [{{ include-group = 'g{n + 1}' }}, {{ include-group = 'g{n + 1}' }}]" for n in range(60))
        + "\ng60 = ['six']"
    )
    found.append(
        project(
            PART,
            "groups that include each other twice",
            more=f"[dependency-groups]\n{groups}\n",
            commands=[*READ, "build wheel {project} --group g0 --no-verify --out {out}"],
        )
    )
    deep = "\n".join(f"g{n} = [{{ include-group = 'g{n + 1}' }}]" for n in range(5000)) + "\ng5000 = []"
    found.append(
        project(
            PART,
            "groups in 5,000 steps",
            more=f"[dependency-groups]\n{deep}\n",
            commands=[*READ, "build wheel {project} --group g0 --no-verify --out {out}"],
        )
    )
    found.append(
        project(
            PART,
            "a group that includes itself",
            more="[dependency-groups]\na = [{ include-group = 'b' }]\nb = [{ include-group = 'a' }]\n",
            commands=EVERYWHERE,
        )
    )
    return found


def locks():
    """Locks that are large, or lead in circles."""
    package = '[[package]]\nname = "p{n}"\nversion = "1"\nsource = {{ registry = "https://index.invalid/simple" }}\ndependencies = [{{ name = "p{m}" }}]\n'
    head = 'version = 1\nrequires-python = ">=3.9"\n[[package]]\nname = "app"\nversion = "1.0"\nsource = { editable = "." }\ndependencies = [{ name = "p0" }]\n'
    circle = head + "".join(package.format(n=n, m=(n + 1) % 500) for n in range(500))
    chain = head + "".join(package.format(n=n, m=n + 1) for n in range(20_000))
    commands = [*READ, "build zipapp {project} --no-verify --locked --out {out}", SCREEN]
    marker = "(" * 3000 + "python_version > '3'" + ")" * 3000
    return [
        project(
            PART, "a lock in a circle", table='dependencies = ["p0"]', files={"uv.lock": circle}, commands=commands
        ),
        project(
            PART,
            "a lock of 20,000 packages",
            table='dependencies = ["p0"]',
            files={"uv.lock": chain},
            commands=commands,
        ),
        project(
            PART,
            "a lock with deep markers",
            table='dependencies = ["p0"]',
            files={
                "uv.lock": head
                + package.format(n=0, m=0).replace('name = "p0" }', f'name = "p0", marker = "{marker}" }}')
            },
            commands=commands,
        ),
        project(
            PART,
            "a lock of PEP 751 with deep markers",
            table='dependencies = ["six"]',
            files={
                "pylock.toml": f'lock-version = "1.0"\ncreated-by = "x"\n[[packages]]\nname = "six"\nversion = "1"\nmarker = "{marker}"\n'
            },
            commands=commands,
        ),
        project(
            PART,
            "a lock of Poetry with deep markers",
            "poetry",
            "[tool.poetry.dependencies]\nsix = '*'",
            {
                "poetry.lock": f'[[package]]\nname = "six"\nversion = "1"\noptional = false\npython-versions = "*"\nmarkers = "{marker}"\nfiles = []\n[metadata]\nlock-version = "2.1"\n'
            },
            commands=commands,
        ),
        project(
            PART,
            "a lock of a later version",
            table='dependencies = ["six"]',
            files={"uv.lock": "version = 99\n"},
            commands=commands,
        ),
        project(
            PART,
            "a lock with paths above",
            table='dependencies = ["six"]',
            files={
                "uv.lock": head.replace("p0", "six")
                + '[[package]]\nname = "six"\nversion = "1"\nsource = { path = "../outside/secret.txt" }\n'
            },
            commands=commands,
        ),
    ]

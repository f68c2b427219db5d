"""Checks a program's calls of a generated SDK against the SDK's signatures, without running either.

    checkpython.py SDK PROGRAM MODULE

SDK is the folder of the SDK's package, MODULE what the program calls it. What is wrong is told, a line each, and is exit code 1.
"""

import ast
import pathlib
import sys


def classes(sdk):
    """The SDK's classes: the keywords that their constructors take, those that they need, and their properties."""
    found = {}
    for path in sorted(pathlib.Path(sdk).glob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if not isinstance(node, ast.ClassDef):
                continue
            takes, needs, properties = set(), set(), set()
            for f in node.body:
                if not isinstance(f, ast.FunctionDef):
                    continue
                if any(getattr(d, "id", getattr(d, "attr", "")) == "property" for d in f.decorator_list):
                    properties.add(f.name)
                # A resource has overloads of its constructor, of which the last takes its arguments one by one.
                if f.name in ("__init__", "_internal_init"):
                    given = f.args.args[1:] + f.args.kwonlyargs
                    takes |= {a.arg for a in given}
                    if f.name == "__init__" and not f.decorator_list and not f.args.vararg:
                        needs |= {a.arg for a, d in zip(f.args.kwonlyargs, f.args.kw_defaults) if d is None}
            found[node.name] = (takes, needs, properties)
    return found


def check(sdk, program, module):
    known, faults, made = classes(sdk), [], {}
    tree = ast.parse(pathlib.Path(program).read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            name = called(node.value, module)
            if name and isinstance(node.targets[0], ast.Name):
                made[node.targets[0].id] = name
        if not isinstance(node, ast.Call) or not called(node, module):
            continue
        name = called(node, module)
        if name not in known:
            faults.append(f"line {node.lineno}: the SDK has no {name}")
            continue
        takes, needs, _ = known[name]
        given = {k.arg for k in node.keywords}
        faults += [f"line {node.lineno}: {name} takes no {k}" for k in sorted(given - takes)]
        faults += [f"line {node.lineno}: {name} needs {k}" for k in sorted(needs - given)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in made:
            name = made[node.value.id]
            if name in known and node.attr not in known[name][2]:
                faults.append(f"line {node.lineno}: {name} has no {node.attr}")
    if not made:
        faults.append(f"nothing of {module} is made")
    return faults


def called(call, module):
    f = call.func
    if isinstance(f, ast.Attribute) and isinstance(f.value, ast.Name) and f.value.id == module:
        return f.attr
    return None


if __name__ == "__main__":
    wrong = check(*sys.argv[1:])
    print("\n".join(wrong))
    sys.exit(1 if wrong else 0)

"""Reads the screens' source and finds text that could reach a terminal without passing `itdesk.ui.text`.

The rule: whatever is handed to a place that shows text (a *sink*) is a literal, or Content by annotation, or made by a
function annotated to return Content. Since mypy holds the annotations and only `itdesk.ui.text` may make Content out
of a `str` (and `itdesk.ui.cells` a Part of a cell), all other text has passed the gate. Text that is edited (Input,
TextArea) or is Markdown has to be a literal or `safe(...)`.
"""

import ast
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

SHOWING_WIDGETS = {
    *("Static", "Label", "Button", "Checkbox", "RadioButton", "Option", "Selection", "Tab", "TabPane", "Collapsible"),
    *("Link", "Digits", "Tree", "Segment", "Text", "Content", "Part", "Placeholder", "Toast"),
}
CONTENT_CONSTRUCTORS = {"from_markup", "from_text", "assemble", "styled", "from_rich_text"}
SHOWING_FUNCTIONS = {"join"}
"""Functions of the gate that take a `str` as it is."""
SHOWING_METHODS = {
    *("update", "notify", "add_option", "add_options", "add_row", "add_column", "add_columns", "write_line"),
    *("set_label", "add_leaf", "append_text", "set_prompt", "replace_option_prompt", "render_str"),
}
EDITING = {"Input", "TextArea", "MaskedInput", "Markdown", "MarkdownViewer"}
EDITING_METHODS = {"load_text", "insert_text_at_cursor", "insert"}
SHOWING_KEYWORDS = {"label", "placeholder", "tooltip", "prompt", "border_title", "border_subtitle", "renderable"}
SHOWING_ATTRIBUTES = {"border_title", "border_subtitle", "tooltip", "placeholder", "sub_title", "label", "prompt"}

# Methods of Content that give Content, whatever they are given, and those that take more text in.
_CONTENT_METHODS = {
    *(
        "stylize",
        "stylize_before",
        "truncate",
        "pad_left",
        "pad_right",
        "pad",
        "expand_tabs",
        "rstrip",
        "copy",
        "center",
    ),
    *("split", "wrap", "fold", "extend_right", "right_crop", "add_spans", "add", "trim"),
}
_CONTENT_JOINING_METHODS = {"append", "append_text", "join", "assemble"}
_IS_CONTENT = re.compile(r"\bContent\b")
_IS_TEXT = re.compile(r"\b(str|Any|object)\b")


_Key = str | tuple[str, str]


@dataclass(frozen=True, slots=True)
class Leak:
    """A line that hands unchecked text to a sink."""

    module: str
    line: int
    code: str

    def __str__(self) -> str:
        return f"{self.module}:{self.line} shows {self.code}"


@dataclass(slots=True)
class _Names:
    """What the annotations of all modules say: per name, whether each of its definitions is Content.

    Definitions in a class are also kept under (class, name), for what a method asks of `self`.
    """

    functions: dict[_Key, list[bool]] = field(default_factory=dict)
    attributes: dict[_Key, list[bool]] = field(default_factory=dict)
    constants: dict[str, list[ast.expr]] = field(default_factory=dict)

    def add(self, table: dict[_Key, list[bool]], owner: str, name: str, good: bool) -> None:
        """Note a definition, of a class where it has an owner."""
        table.setdefault(name, []).append(good)
        if owner:
            table.setdefault((owner, name), []).append(good)

    def all_content(self, table: dict[_Key, list[bool]], owner: str, node: ast.expr) -> bool:
        """Whether what a name or attribute stands for is Content in each of its definitions."""
        name = _last_name(node)
        of_self = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"
        found = table.get((owner, name)) if of_self else None
        found = table.get(name) if found is None else found
        return bool(found) and all(found or ())


def leaks(modules: Mapping[str, str], gates: Collection[str] = ("itdesk.ui.text", "itdesk.ui.cells")) -> Iterator[Leak]:
    """The leaks in modules (source text by dotted name); the modules `gates` themselves may do what they like."""
    trees = {name: ast.parse(source) for name, source in modules.items()}
    names = _Names()
    for tree in trees.values():
        _collect(tree, names)
    for tree in trees.values():
        _collect_assigned(tree, names)
    for name, tree in trees.items():
        if name not in gates:
            for line, code in _Reader(tree, names).leaks():
                yield Leak(name, line, code)


def _is_plain_value(annotation: ast.expr) -> bool:
    """Whether the annotation is of a value that is no text at all: a name may mean this elsewhere."""
    return ast.unparse(annotation) in {"bool", "int", "float"}


def _annotated_content(annotation: ast.expr | None) -> bool:
    if annotation is None:
        return False
    text = ast.unparse(annotation)
    return bool(_IS_CONTENT.search(text)) and not _IS_TEXT.search(text)


def _collect(node: ast.AST, names: _Names, owner: str = "") -> None:
    if isinstance(node, ast.ClassDef):
        owner = node.name
        for item in node.body:
            if (
                isinstance(item, ast.AnnAssign)
                and isinstance(item.target, ast.Name)
                and not _is_plain_value(item.annotation)
            ):
                names.add(names.attributes, owner, item.target.id, _annotated_content(item.annotation))
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        good = _annotated_content(node.returns)
        names.add(names.functions, owner, node.name, good)
        if any(isinstance(one, ast.Name) and one.id.endswith("property") for one in node.decorator_list):
            names.add(names.attributes, owner, node.name, good)
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Attribute):
        names.add(names.attributes, owner, node.target.attr, _annotated_content(node.annotation))
    elif isinstance(node, ast.Module):
        for item in node.body:
            if isinstance(item, ast.Assign):
                for target in item.targets:
                    if isinstance(target, ast.Name):
                        names.constants.setdefault(target.id, []).append(item.value)
    for child in ast.iter_child_nodes(node):
        _collect(child, names, owner)


def _collect_assigned(node: ast.AST, names: _Names, owner: str = "", judge: "_Judge | None" = None) -> None:
    """Attributes by what is assigned to them; needs what `_collect` found."""
    if isinstance(node, ast.ClassDef):
        owner = node.name
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        judge = _Judge(node, names, owner)
    elif isinstance(node, ast.Assign) and judge is not None:
        for target, value in _assigned(node):
            if isinstance(target, ast.Attribute):
                names.add(names.attributes, owner, target.attr, judge.shows(value))
    for child in ast.iter_child_nodes(node):
        _collect_assigned(child, names, owner, judge)


def _assigned(node: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Targets with their values; `a, b = x, y` taken apart."""
    for target in node.targets:
        if (
            isinstance(target, ast.Tuple)
            and isinstance(node.value, ast.Tuple)
            and len(target.elts) == len(node.value.elts)
        ):
            yield from zip(target.elts, node.value.elts, strict=True)
        else:
            yield target, node.value


class _Reader:
    """Finds the sinks of one module."""

    def __init__(self, tree: ast.Module, names: _Names) -> None:
        self.tree = tree
        self.names = names
        self.found: list[tuple[int, str]] = []

    def leaks(self) -> list[tuple[int, str]]:
        """Line and code of each leak."""
        self._visit(self.tree, _Judge(self.tree, self.names), ())
        return sorted(set(self.found))

    def _visit(self, node: ast.AST, judge: "_Judge", bases: tuple[str, ...]) -> None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            judge = _Judge(node, self.names, judge.owner, judge)
            if node.name == "render" and node.returns is not None and "str" in ast.unparse(node.returns):
                self.found.append((node.lineno, f"what {node.name}() returns: {ast.unparse(node.returns)}"))
        elif isinstance(node, ast.ClassDef):
            bases = tuple(_last_name(base) for base in node.bases)
            judge = _Judge(node, self.names, node.name, judge)
        elif isinstance(node, ast.Call):
            self._call(node, judge, bases)
        elif isinstance(node, ast.Assign):
            for target, value in _assigned(node):
                if isinstance(target, ast.Attribute) and target.attr in SHOWING_ATTRIBUTES:
                    self._check(value, judge.shows)
        for child in ast.iter_child_nodes(node):
            self._visit(child, judge, bases)

    def _call(self, call: ast.Call, judge: "_Judge", bases: tuple[str, ...]) -> None:
        name = _last_name(call.func)
        is_method = isinstance(call.func, ast.Attribute)
        built = {name} if not (is_method and name == "__init__") else set(bases)
        if built & SHOWING_WIDGETS:
            for argument in call.args[:1]:
                self._check(argument, judge.shows)
        if name == "update" and "Markdown" in ast.unparse(call.func):
            built = {"Markdown"}
        elif name in (SHOWING_METHODS | CONTENT_CONSTRUCTORS if is_method else SHOWING_FUNCTIONS):
            for argument in [*call.args, *(one.value for one in call.keywords if one.arg in {"title", "message"})]:
                self._check(argument, judge.shows)
        if built & EDITING or (is_method and name in EDITING_METHODS):
            for argument in call.args[:1]:
                self._check(argument, judge.edits)
        for keyword in call.keywords:
            if keyword.arg == "placeholder" and judge.edits(keyword.value):
                continue  # Input takes only a `str` there, as it is
            if keyword.arg in SHOWING_KEYWORDS and (name == "__init__" or built & (SHOWING_WIDGETS | EDITING)):
                self._check(keyword.value, judge.shows)
            if keyword.arg in {"value", "text", "markdown"} and built & EDITING:
                self._check(keyword.value, judge.edits)

    def _check(self, value: ast.expr, allowed: Callable[[ast.expr], bool]) -> None:
        if not allowed(value):
            self.found.append((value.lineno, ast.unparse(value)))


class _Judge:
    """Says whether an expression inside a function may be shown."""

    def __init__(self, scope: ast.AST, names: _Names, owner: str = "", outer: "_Judge | None" = None) -> None:
        self.names = names
        self.owner = owner
        self.outer = outer
        self.arguments: dict[str, bool] = {}
        self.bindings: dict[str, list[ast.expr | None]] = {}
        self.asked: set[str] = set()
        if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
            arguments = scope.args
            for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg]:
                if argument is not None:
                    self.arguments[argument.arg] = _annotated_content(argument.annotation)
            self._bind(scope)

    def _bind(self, scope: ast.AST) -> None:
        for node in ast.walk(scope):
            if isinstance(node, ast.Assign):
                for target, value in _assigned(node):
                    self._bind_target(target, value)
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                if not _annotated_content(node.annotation):
                    self._bind_target(node.target, node.value)
                else:
                    self.bindings.setdefault(node.target.id, [])
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                if node.func.attr in {"append", "extend", "insert"} and isinstance(node.func.value, ast.Name):
                    self._bind_target(node.func.value, node.args[-1])
            elif isinstance(node, ast.AugAssign | ast.NamedExpr):
                self._bind_target(node.target, node.value)
            elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
                self._bind_target(node.target, node.iter)

    def _bind_target(self, target: ast.expr, value: ast.expr | None) -> None:
        if isinstance(target, ast.Name):
            self.bindings.setdefault(target.id, []).append(value)
        elif isinstance(target, ast.Tuple | ast.List):
            for part in target.elts:
                self._bind_target(part, value)
        elif isinstance(target, ast.Starred):
            self._bind_target(target.value, value)

    def edits(self, node: ast.expr) -> bool:
        """Whether text may be put into an editor: a literal or `safe(...)`."""
        if isinstance(node, ast.Constant | ast.UnaryOp):
            return True
        if isinstance(node, ast.IfExp):
            return self.edits(node.body) and self.edits(node.orelse)
        if isinstance(node, ast.BoolOp):
            return all(map(self.edits, node.values))
        return isinstance(node, ast.Call) and _last_name(node.func) == "safe"

    def shows(self, node: ast.expr) -> bool:
        """Whether an expression is the program's own words, or Content."""
        match node:
            case ast.Constant() | ast.UnaryOp():
                return True
            case ast.JoinedStr(values=values) | ast.BoolOp(values=values):
                return all(map(self.shows, values))
            case ast.FormattedValue(value=value) | ast.Starred(value=value) | ast.Subscript(value=value):
                return self.shows(value)
            case ast.NamedExpr(value=value) | ast.Await(value=value):
                return self.shows(value)
            case ast.IfExp(body=body, orelse=other):
                return self.shows(body) and self.shows(other)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self.shows(left) and self.shows(right)
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                return self.shows(left) or self.shows(right)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return all(map(self.shows, parts))
            case ast.ListComp(elt=part) | ast.GeneratorExp(elt=part):
                return self.shows(part)
            case ast.Call():
                return self._shows_call(node)
            case ast.Name(id=name):
                return self._shows_name(name)
            case ast.Attribute():
                return self.names.all_content(self.names.attributes, self.owner, node)
        return False

    def _shows_call(self, call: ast.Call) -> bool:
        name = _last_name(call.func)
        if name == "Content" and isinstance(call.func, ast.Name):
            return all(map(self.shows, call.args[:1]))
        if self.names.all_content(self.names.functions, self.owner, call.func):
            return True
        if isinstance(call.func, ast.Attribute):
            if name in _CONTENT_METHODS:
                return self.shows(call.func.value)
            if name in _CONTENT_JOINING_METHODS:
                return self.shows(call.func.value) and all(map(self.shows, call.args))
        # Sequences of what may be shown.
        if name in {"list", "tuple", "reversed", "sorted", "chain", "zip", "enumerate"}:
            return bool(call.args) and all(map(self.shows, call.args))
        return False

    def _shows_name(self, name: str) -> bool:
        if name in self.asked:
            return True  # bound in terms of itself: the other bindings decide
        if name in self.bindings or name in self.arguments:
            self.asked.add(name)
            try:
                return self.arguments.get(name, True) and all(
                    value is not None and self.shows(value) for value in self.bindings.get(name, ())
                )
            finally:
                self.asked.discard(name)
        if self.outer is not None:
            return self.outer._shows_name(name)
        values = self.names.constants.get(name)
        return bool(values) and all(map(_Judge(ast.Module([], []), self.names).shows, values or ()))


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Subscript):
        return _last_name(node.value)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""

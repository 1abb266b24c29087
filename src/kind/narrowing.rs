//! What tests of a name tell about its value: `isinstance(x, T)`, `case T():`, `x is None`, `hasattr(x, …)`.
//!
//! Inside the branch that such a test leads to, the value is what the test says. Anywhere else in a function that tests
//! a name, the name may hold more than what it was promised to hold, and its value is Unknown.

use rustc_hash::FxHashSet;

use super::*;
use crate::facts::{Expression, Meaning, Splat};
use crate::syntax::{Field, StatementId, SyntaxKind};

impl Kinds<'_> {
    /// The value of a name where it stands, given what its bindings say.
    pub(super) fn narrowed(&self, at: In<NodeId>, value: Value) -> Value {
        match self.tested(at, &value) {
            Some(tested) => tested,
            None => self.doubted(at, value),
        }
    }

    /// What the test says in whose branch the name stands, with the same bindings as there.
    fn tested(&self, at: In<NodeId>, value: &Value) -> Option<Value> {
        let module = self.module(at.file);
        let facts = &module.facts;
        let name = facts.node_text(at.id);
        let mut below = at.id;
        for up in facts.ancestors(at.id) {
            use SyntaxKind as K;
            let condition = match facts.syntax(up) {
                K::IfStatement | K::ElifClause | K::WhileStatement => {
                    let body = [Field::Consequence, Field::Body]
                        .into_iter()
                        .any(|field| facts.child(up, field) == Some(below));
                    facts.child(up, Field::Condition).filter(|_| body)
                }
                K::ConditionalExpression => match facts.expression(up) {
                    Expression::Conditional { then, test, .. } if facts.within(below, then) => Some(test),
                    _ => None,
                },
                K::CaseClause if facts.child(up, Field::Consequence) == Some(below) => {
                    if let Some((asked, says)) = self.matched(In { file: at.file, id: up }, name, value)
                        && self.is_same(at, In { file: at.file, id: asked })
                    {
                        return Some(says);
                    }
                    None
                }
                K::FunctionDefinition | K::Lambda | K::ClassDefinition => return None,
                _ => None,
            };
            if let Some((asked, says)) = condition.and_then(|condition| self.says(at.file, condition, name, value))
                && self.is_same(at, In { file: at.file, id: asked })
            {
                return Some(says);
            }
            below = up;
        }
        None
    }

    /// What `case Class(…):` says about the subject of its `match`: the subject where it is asked, and the value.
    fn matched(&self, case: In<NodeId>, name: &str, value: &Value) -> Option<(NodeId, Value)> {
        let module = self.module(case.file);
        let facts = &module.facts;
        let id = facts.class_patterns(case.id.island).find(|&id| {
            let clause = facts.ancestors(facts[id].node).find(|&up| facts.syntax(up) == SyntaxKind::CaseClause);
            clause == Some(case.id)
        })?;
        let pattern = &facts[id];
        let class = pattern.class.filter(|_| facts.name(pattern.subject) == Some(name))?;
        Some((facts.bare(pattern.subject), self.instances(In { file: case.file, id: class }, value)))
    }

    /// What a condition says about a name when it holds: the name where it asks, and the value.
    fn says(&self, file: FileId, condition: NodeId, name: &str, value: &Value) -> Option<(NodeId, Value)> {
        let module = self.module(file);
        let facts = &module.facts;
        match facts.expression(condition) {
            Expression::Boolean { left, is_and: true, right } => {
                self.says(file, left, name, value).or_else(|| self.says(file, right, name, value))
            }
            Expression::Call(call) => {
                let call = &facts[call];
                let [asked, class] = &call.arguments[..] else { return None };
                let plain = asked.splat == Splat::None && facts.name(asked.value) == Some(name);
                if !plain || !facts.is_builtin(call.function, "isinstance") {
                    return None;
                }
                Some((facts.bare(asked.value), self.instances(In { file, id: class.value }, value)))
            }
            Expression::Compare => {
                let node = facts.bare(condition);
                let mut links = facts.compares(node.island).filter(|&id| facts[id].node == node);
                let (link, None) = (links.next()?, links.next()) else { return None };
                let link = &facts[link];
                let is_none = link.operator == SyntaxKind::Is && facts.expression(link.right) == Expression::None;
                (is_none && facts.name(link.left) == Some(name)).then(|| (facts.bare(link.left), self.none()))
            }
            _ => None,
        }
    }

    /// The values of which `isinstance` says yes: those members of the value that are certain to be such, else what the
    /// classes promise.
    pub(super) fn instances(&self, classes: In<NodeId>, value: &Value) -> Value {
        let module = self.module(classes.file);
        let facts = &module.facts;
        let named: Vec<NodeId> = match facts.expression(classes.id) {
            Expression::Tuple => facts.elements(classes.id).collect(),
            _ => vec![classes.id],
        };
        let mut wanted = Vec::new();
        for id in named {
            let Value::Class(class) = self.value(In { file: classes.file, id }) else { return Value::Unknown };
            wanted.push(class);
        }
        let fits = |member: &&Value| match member {
            Value::Instance(instance) => {
                let bases = self.bases(instance.class);
                wanted.iter().any(|class| bases.contains(&Some(class.class)))
            }
            _ => false,
        };
        let members = self.members(value);
        let kept: Vec<Value> = members.iter().filter(fits).cloned().collect();
        if !kept.is_empty() {
            return self.one_of(kept);
        }
        self.one_of(wanted.into_iter().map(|class| {
            let args = class.args.clone();
            Value::Instance(Rc::new(Instance { class: class.class, args, made: Made::Promised }))
        }))
    }

    /// The same bindings reach the name in both places.
    fn is_same(&self, one: In<NodeId>, other: In<NodeId>) -> bool {
        let module = self.module(one.file);
        let facts = &module.facts;
        let of = |at: In<NodeId>| match facts.meaning(at.id) {
            Meaning::Bound(scope, bindings) => Some((scope, self.reaching(at, scope, bindings))),
            Meaning::Builtin | Meaning::Unknown => None,
        };
        facts.function(one.id) == facts.function(other.id) && of(one).is_some_and(|one| of(other) == Some(one))
    }

    /// Tests such as `isinstance(x, T)` or `x is None` show that the name is not only what it was promised to be.
    fn doubted(&self, at: In<NodeId>, value: Value) -> Value {
        let module = self.module(at.file);
        let facts = &module.facts;
        let name = facts.node_text(at.id);
        let Some(function) = facts.function(at.id) else { return value };
        let tests = self.tests(In { file: at.file, id: at.id.island });
        let asked = |how: Asks| tests.asked.get(name).is_some_and(|asked| asked.contains(&(function, how)));
        // Whoever asks for an attribute of it thinks of more than we see.
        if asked(Asks::Attribute) {
            return Value::Unknown;
        }
        let promised = self.members(&value).iter().any(
            |member| matches!(member, Value::Instance(instance) if matches!(instance.made, Made::Promised | Made::Given)),
        );
        if !promised {
            return value;
        }
        if asked(Asks::Type) || tests.matched.contains(name) {
            return Value::Unknown;
        }
        if !tests.compared.contains(name) {
            return value;
        }
        // Any test of the name itself is taken as one that sorts out None, but for the name that is being tested.
        let is_here = |node: NodeId| facts.bare(node) == at.id;
        let is_tested = facts.compares(at.id.island).any(|id| is_here(facts[id].left) || is_here(facts[id].right))
            || facts.conditions(at.id.island).any(|id| is_here(facts[id].value));
        if is_tested {
            return value;
        }
        let none = self.none();
        self.one_of(self.members(&value).into_iter().filter(|member| *member != none))
    }

    /// The tests of names in one statement, gathered once.
    fn tests(&self, statement: In<StatementId>) -> Rc<Tests> {
        if let Some(known) = self.tests.borrow().get(&statement) {
            return known.clone();
        }
        let module = self.module(statement.file);
        let facts = &module.facts;
        let mut tests = Tests::default();
        for id in facts.calls(statement.id) {
            let call = &facts[id];
            let first = call.arguments.first().and_then(|first| facts.name(first.value));
            let (Some(name), Some(function)) = (first, facts.function(call.node)) else { continue };
            let callee = facts.node_text(call.function);
            let is_question = callee.rsplit('.').next().is_some_and(|last| last.starts_with("is"));
            let how = match callee {
                "hasattr" => Asks::Attribute,
                "callable" | "type" => Asks::Type,
                _ if is_question => Asks::Type,
                _ => continue,
            };
            tests.asked.entry(name.into()).or_default().push((function, how));
        }
        for id in facts.compares(statement.id) {
            let sides = [facts[id].left, facts[id].right];
            tests.compared.extend(sides.into_iter().filter_map(|side| facts.name(side)).map(Box::from));
        }
        let conditions = facts.conditions(statement.id).filter_map(|id| facts.name(facts[id].value));
        tests.compared.extend(conditions.map(Box::from));
        let text = facts.outline.statement(statement.id).span.text(&facts.source.text);
        if text.contains("match ")
            && let Some(tree) = facts.functions(statement.id).next().map(|id| facts.tree(facts[id].node))
        {
            for row in tree.all() {
                let node = NodeId { island: statement.id, row };
                if facts.syntax(node) == SyntaxKind::MatchStatement {
                    let subject = facts.child(node, Field::Subject).and_then(|subject| facts.name(subject));
                    tests.matched.extend(subject.map(Box::from));
                }
            }
        }
        let tests = Rc::new(tests);
        self.tests.borrow_mut().insert(statement, tests.clone());
        tests
    }
}

/// Which names a statement tests.
#[derive(Default)]
pub(super) struct Tests {
    /// By calls, in which functions.
    asked: FxHashMap<Box<str>, Vec<(FunctionId, Asks)>>,
    /// By `match`.
    matched: FxHashSet<Box<str>>,
    /// By comparing them, or as conditions.
    compared: FxHashSet<Box<str>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Asks {
    /// `hasattr(x, …)`
    Attribute,
    /// `isinstance(x, …)`, `inspect.isasyncgen(x)`
    Type,
}

//! What tests of a name tell about its value: `isinstance(x, T)`, `case T():`, `x is None`, `hasattr(x, …)`.
//!
//! Inside the branch that such a test leads to, the value is what the test says. Anywhere else in a function that tests
//! a name, the name may hold more than what it was promised to hold, and its value is Unknown.

use super::*;
use crate::facts::{Expression, Meaning, Splat};
use crate::syntax::{Field, SyntaxKind};

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
        let inside = |node: NodeId| facts.function(node) == Some(function);
        let is_name = |node: NodeId| facts.name(node) == Some(name);
        let asks = |callees: &dyn Fn(&str) -> bool| {
            facts.calls(at.id.island).any(|id| {
                let call = &facts[id];
                let first = call.arguments.first().filter(|argument| is_name(argument.value));
                first.is_some() && inside(call.node) && callees(facts.node_text(call.function))
            })
        };
        // Whoever asks for an attribute of it thinks of more than we see.
        if asks(&|callee| callee == "hasattr") {
            return Value::Unknown;
        }
        let promised = self.members(&value).iter().any(
            |member| matches!(member, Value::Instance(instance) if matches!(instance.made, Made::Promised | Made::Given)),
        );
        if !promised {
            return value;
        }
        let tested = asks(&|callee| {
            matches!(callee, "isinstance" | "callable" | "type" | "issubclass")
                || callee.rsplit('.').next().is_some_and(|last| last.starts_with("is"))
        });
        if tested {
            return Value::Unknown;
        }
        let matched = facts.tree(at.id).all().any(|row| {
            let node = NodeId { row, ..at.id };
            facts.syntax(node) == SyntaxKind::MatchStatement && facts.child(node, Field::Subject).is_some_and(is_name)
        });
        if matched {
            return Value::Unknown;
        }
        // Any test of the name itself is taken as one that sorts out None, but for the name that is being tested.
        let is_here = |node: NodeId| facts.bare(node) == at.id;
        let is_tested = facts.compares(at.id.island).any(|id| is_here(facts[id].left) || is_here(facts[id].right))
            || facts.conditions(at.id.island).any(|id| is_here(facts[id].value));
        if is_tested {
            return value;
        }
        let compared = facts.compares(at.id.island).any(|id| is_name(facts[id].left) || is_name(facts[id].right));
        let asked = facts.conditions(at.id.island).any(|id| is_name(facts[id].value));
        if compared || asked {
            let none = self.none();
            let rest = self.members(&value).into_iter().filter(|member| *member != none);
            return self.one_of(rest);
        }
        value
    }
}

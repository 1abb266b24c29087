//! The control-flow graph against Python itself.
//!
//! Random small programs are read by the linter and run by CPython, each several times with other outcomes of its
//! conditions. Whatever `flow::objects` claims must have been so in every run, `flow::reach` may never have missed a
//! binding, and no place may have been reached that the graph calls unreachable. How much of what was always so the
//! analysis finds is printed.
//!
//! `FLOW_PROGRAMS` is how many programs there are, `FLOW_SEED` the first seed.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;

use aiterlint::facts::{Facts, NodeId};
use aiterlint::flow::objects::{Round, reuses};
use aiterlint::flow::{Flow, Reaching};
use aiterlint::syntax::SyntaxKind;
use aiterlint::text::Source;
use serde_json::{Value, json};

mod effect;
mod objects;
mod program;
mod questions;

use program::Program;

const RUNS: usize = 12;
const BATCH: u64 = 500;

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}

#[derive(Default)]
struct Tally {
    programs: usize,
    places: usize,
    claims: [usize; 2],
    /// How many of the claims are about attributes.
    attributes: usize,
    /// Places that were always exhausted when they were reached, and how many of them were claimed.
    always: usize,
    always_found: usize,
    /// The same about the rounds of a loop but the first, for places that were not always exhausted.
    later: usize,
    later_found: usize,
}

#[test]
fn what_is_claimed_has_happened() {
    if Command::new("python3").arg("--version").output().is_err() {
        assert!(
            std::env::var_os("CI").is_none_or(|ci| ci.is_empty()),
            "there is no `python3`, and on CI nothing is skipped"
        );
        println!("skipped: there is no `python3` on this machine");
        return;
    }
    let count = number("FLOW_PROGRAMS", 2_000);
    let first = number("FLOW_SEED", 1);
    let mut tally = Tally::default();
    let mut wrong = Vec::new();
    let mut seed = first;
    while seed < first + count {
        let seeds = seed..(seed + BATCH).min(first + count);
        seed = seeds.end;
        let programs: Vec<Program> = seeds.map(program::program).collect();
        for (program, seen) in programs.iter().zip(run(&programs)) {
            wrong.extend(compare(program, &seen, &mut tally));
        }
    }
    let share = |part: usize, of: usize| part as f64 * 100.0 / of.max(1) as f64;
    println!("seeds {first} to {}: {} programs, {} places", first + count - 1, tally.programs, tally.places);
    println!("claimed: {} in every visit, {} in every later round", tally.claims[0], tally.claims[1]);
    println!("about attributes: {}", tally.attributes);
    println!("always exhausted: {}, found {:.1} %", tally.always, share(tally.always_found, tally.always));
    println!("in later rounds: {}, found {:.1} %", tally.later, share(tally.later_found, tally.later));
    for message in wrong.iter().take(3) {
        println!("\n{message}");
    }
    assert!(wrong.is_empty(), "{} wrong claims", wrong.len());
    let claims = tally.claims.iter().chain([&tally.attributes]);
    assert!(claims.min() > Some(&0), "nothing was claimed: the test tests nothing");
}

/// What Python saw at each place of each program.
fn run(programs: &[Program]) -> Vec<Value> {
    let entries = programs.iter().map(|program| {
        let loops: Vec<_> = program.places.iter().map(|place| place.loops.clone()).collect();
        json!({ "text": program.traced, "seed": program.seed, "loops": loops })
    });
    let job = json!({ "runs": RUNS, "programs": entries.collect::<Vec<_>>() });
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/flow/run.py");
    let mut python = Command::new("python3")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the test runs programs with python3");
    let mut input = python.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || input.write_all(job.to_string().as_bytes()));
    let output = python.wait_with_output().expect("python3 ends");
    writer.join().expect("the writer ends").expect("python3 reads everything");
    assert!(output.status.success(), "run.py failed");
    serde_json::from_slice(&output.stdout).expect("a list of what was seen")
}

fn compare(program: &Program, seen: &Value, tally: &mut Tally) -> Vec<String> {
    let facts = Facts::whole(Arc::new(Source::new("program.py", program.plain.as_str())));
    let island = facts.statements().next().expect("a statement");
    let main = facts.functions(island).next().expect("a function");
    let Some(flow) = Flow::of(&facts, main) else {
        return vec![format!("seed {}: no graph for\n{}", program.seed, program.plain)];
    };
    let reaching = Reaching::of(&facts, &flow);
    let claims = reuses(&facts, &flow, &effect::makers(&facts, main), &effect::Judging(&facts));
    let mut wrong = Vec::new();
    let mut say = |what: String| {
        let graph = flow.print(&facts);
        wrong.push(format!("seed {}: {what}\n{}\n{graph}", program.seed, program.plain));
    };
    let rows = facts.island(island).tree.all().map(|row| NodeId { island, row });
    let is_name = |&node: &NodeId| matches!(facts.syntax(node), SyntaxKind::Identifier | SyntaxKind::Attribute);
    let names: Vec<NodeId> = rows.filter(is_name).collect();
    tally.programs += 1;
    for (place, seen) in program.places.iter().zip(seen.as_array().into_iter().flatten()) {
        let is_here = |&&name: &&NodeId| facts.span(name).start == place.offset && facts.node_text(name) == place.name;
        let Some(&name) = names.iter().find(is_here) else {
            say(format!("no name at {}", place.offset));
            continue;
        };
        let line = facts.source.place(place.offset).line;
        let count = |value: &Value| value.as_u64().unwrap_or(0);
        let (visits, fresh) = (count(&seen["visits"]), count(&seen["fresh"]));
        let claim = claims.iter().find(|claim| claim.used_again == name);
        let second = |round: usize| {
            let both = &seen["second"][round.to_string()];
            (count(&both[0]), count(&both[1]))
        };
        match claim.map(|claim| claim.round) {
            Some(Round::First) => {
                tally.claims[0] += 1;
                if fresh > 0 {
                    say(format!("line {line} is not always used up"));
                }
            }
            Some(Round::Second(node)) => {
                tally.claims[1] += 1;
                let start = facts.span(node).start;
                match place.loops.iter().find(|&&round| program.loops[round] == start) {
                    Some(&round) if second(round).1 > 0 => {
                        say(format!("line {line} is not used up in every later round"));
                    }
                    Some(_) => {}
                    None => say(format!("line {line} is in no such loop")),
                }
            }
            None => {}
        }
        if visits == 0 {
            continue;
        }
        tally.places += 1;
        if fresh == 0 {
            tally.always += 1;
            tally.always_found += claim.is_some_and(|claim| claim.round == Round::First) as usize;
        } else if place.loops.iter().any(|&round| matches!(second(round), (visits, 0) if visits > 0)) {
            tally.later += 1;
            tally.later_found += claim.is_some() as usize;
        }
        if facts.syntax(name) == SyntaxKind::Attribute {
            tally.attributes += claim.is_some() as usize;
            continue;
        }
        let bindings = seen["bindings"].as_array().into_iter().flatten();
        for binding in bindings.filter_map(Value::as_u64) {
            // No answer is right for a name that somebody else may rebind; an unreachable one has none either.
            let is_missed = match reaching.at(name) {
                Some(reach) => !reach.bindings.iter().any(|&known| u64::from(facts[known].name.start) == binding),
                None => !program.plain.contains(&format!("nonlocal {}", facts.node_text(name))),
            };
            if is_missed {
                say(format!("line {line} is reached by the binding at {binding}"));
            }
        }
    }
    wrong
}

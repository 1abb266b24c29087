//! Small random programs about iterators, each written twice: plain, as the linter reads it, and traced, as Python runs
//! it. The traced text does the same and tells at each place what it sees.

/// A generator of random numbers that is the same everywhere (xorshift64*).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        // Never zero, and far apart for seeds that are close.
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % limit
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

pub struct Program {
    pub seed: u64,
    pub plain: String,
    pub traced: String,
    /// The places at which an iterator is asked for items.
    pub places: Vec<Place>,
    /// Where each loop begins in the plain text.
    pub loops: Vec<u32>,
}

pub struct Place {
    /// The name or attribute, and where it stands in the plain text.
    pub name: &'static str,
    pub offset: u32,
    /// The loops round it.
    pub loops: Vec<usize>,
}

/// What holds the iterators.
const NAMES: [&str; 3] = ["a", "b", "c"];
const ATTRIBUTES: [&str; 2] = ["o.x", "p.x"];
/// What has those attributes.
const OBJECTS: [&str; 2] = ["o", "p"];

pub fn program(seed: u64) -> Program {
    let mut random = Random::new(seed);
    // A short start, so that small seeds are not all alike.
    for _ in 0..8 {
        random.below(2);
    }
    let is_generator = random.chance(25);
    let size = 4 + random.below(14) as i64;
    let program = Program { seed, plain: String::new(), traced: String::new(), places: Vec::new(), loops: Vec::new() };
    let mut writer = Writer { random, program, size, is_generator, indent: 1, loops: Vec::new(), statement_loops: 0 };
    writer.both("async def main():\n");
    for name in NAMES {
        if writer.random.chance(85) {
            writer.make_named(name);
        }
    }
    for object in OBJECTS {
        writer.line(&format!("{object} = holder()"));
    }
    while writer.size > 0 {
        writer.statement();
    }
    if is_generator {
        writer.line("yield");
    }
    writer.program
}

struct Writer {
    random: Random,
    program: Program,
    /// How many statements may still come.
    size: i64,
    is_generator: bool,
    indent: usize,
    /// The loops round the place in hand, and how many of the innermost are statements of this function.
    loops: Vec<usize>,
    statement_loops: usize,
}

impl Writer {
    fn both(&mut self, text: &str) {
        self.program.plain += text;
        self.program.traced += text;
    }

    fn traced(&mut self, text: &str) {
        self.program.traced += text;
    }

    fn offset(&self) -> u32 {
        self.program.plain.len() as u32
    }

    fn begin(&mut self) {
        let indent = " ".repeat(self.indent);
        self.both(&indent);
    }

    fn line(&mut self, text: &str) {
        self.begin();
        self.both(text);
        self.both("\n");
    }

    /// A line that only the traced program has.
    fn trace(&mut self, text: &str) {
        let indent = " ".repeat(self.indent);
        self.traced(&format!("{indent}{text}\n"));
    }

    fn variable(&mut self) -> &'static str {
        NAMES[self.random.below(NAMES.len() as u64) as usize]
    }

    /// A variable or an attribute.
    fn name(&mut self) -> &'static str {
        if self.random.chance(70) {
            return self.variable();
        }
        ATTRIBUTES[self.random.below(ATTRIBUTES.len() as u64) as usize]
    }

    fn object(&mut self) -> &'static str {
        OBJECTS[self.random.below(OBJECTS.len() as u64) as usize]
    }

    /// A generator, or an object that can begin anew.
    fn items(&mut self) -> String {
        let maker = if self.random.chance(60) { "agen" } else { "once" };
        format!("{maker}({})", self.random.below(4))
    }

    /// The name at a place that asks for items; `round` is the loop that is about to begin there.
    fn place(&mut self, name: &'static str, round: Option<usize>) {
        let number = self.program.places.len();
        let offset = self.offset();
        self.program.places.push(Place { name, offset, loops: self.loops.clone() });
        let round = round.map_or("None".to_string(), |round| round.to_string());
        self.traced(&format!("T({number}, '{name}', "));
        self.both(name);
        self.traced(&format!(", {round})"));
    }

    /// The number of a loop that begins here in the plain text.
    fn a_loop(&mut self) -> usize {
        let offset = self.offset();
        self.program.loops.push(offset);
        self.program.loops.len() - 1
    }

    /// `name = value`, with the value written by `value`.
    fn bind(&mut self, name: &str, value: impl FnOnce(&mut Writer)) {
        let offset = self.offset();
        self.both(&format!("{name} = "));
        self.traced(&format!("W('{name}', {offset}, "));
        value(self);
        self.traced(")");
    }

    fn walrus(&mut self, name: &str, value: &str) {
        self.both("(");
        let offset = self.offset();
        self.both(&format!("{name} := "));
        self.traced(&format!("W('{name}', {offset}, "));
        self.both(value);
        self.traced(")");
        self.both(")");
    }

    fn make(&mut self) {
        let name = self.name();
        self.make_named(name);
    }

    /// One to three statements, a level deeper.
    fn block(&mut self) {
        self.indent += 1;
        let count = 1 + self.random.below(3);
        for number in 0..count {
            if number > 0 && self.size <= 0 {
                break;
            }
            self.statement();
        }
        self.indent -= 1;
    }

    fn body(&mut self, round: usize) {
        self.loops.push(round);
        self.statement_loops += 1;
        self.block();
        self.statement_loops -= 1;
        self.loops.pop();
    }

    /// `else:` or `finally:` with its block, at times.
    fn clause(&mut self, word: &str, percent: u64) {
        if self.random.chance(percent) {
            self.line(&format!("{word}:"));
            self.block();
        }
    }

    fn statement(&mut self) {
        self.size -= 1;
        let name = self.name();
        let simple = self.indent > 6 || self.size < 0;
        let choice = if simple { self.random.below(60) } else { self.random.below(100) };
        match choice {
            0..9 => self.make(),
            9..13 => self.alias(name),
            13..18 => self.comprehension(name),
            18..21 => {
                self.begin();
                self.both("await anext(");
                self.place(name, None);
                self.both(", None)\n");
            }
            21..24 => {
                self.begin();
                self.both("await drain(");
                self.place(name, None);
                self.both(")\n");
            }
            24..26 => self.line(&format!("await mystery({name})")),
            26..27 => self.line(&format!("{name}.again()")),
            27..31 => self.nested(name),
            31..34 => {
                let name = self.variable();
                self.walruses(name);
            }
            34..36 => self.swap(name),
            36..37 => self.line(&format!("del {name}")),
            37..38 => {
                self.begin();
                self.bind(name, |writer| writer.both("None"));
                self.both("\n");
            }
            38..39 => self.line("flag()"),
            39..41 => self.objects(),
            41..42 => self.line("assert flag()"),
            42..44 if self.is_generator => self.line("yield"),
            42..50 => self.leave(),
            50..60 => self.over(name, true),
            60..72 => self.over(name, false),
            72..75 => self.guarded_step(name),
            75..79 => self.manual_loop(name),
            79..84 => {
                self.line("if flag():");
                self.block();
                if self.random.chance(20) {
                    self.line("elif flag():");
                    self.block();
                }
                self.clause("else", 50);
            }
            84..88 => self.while_loop(name),
            88..91 => {
                self.begin();
                let round = self.a_loop();
                self.both("for _ in ");
                self.traced(&format!("I({round}, "));
                let count = self.random.below(3);
                self.both(&format!("range({count})"));
                self.traced(")");
                self.both(":\n");
                self.body(round);
                self.clause("else", 20);
            }
            91..94 => self.try_statement(),
            94..97 => {
                let manager = ["suppress(Boom)", "nullcontext()"][self.random.below(2) as usize];
                self.line(&format!("with {manager}:"));
                if self.random.chance(30) {
                    self.line(" if flag(): raise Boom");
                }
                self.block();
            }
            97..99 => self.closing(name),
            _ => self.match_statement(),
        }
    }

    fn alias(&mut self, name: &str) {
        let other = self.name();
        let form = self.random.below(4);
        self.begin();
        if form == 3 {
            let offset = self.offset();
            let items = self.items();
            self.both(&format!("{name} = {other} = {items}"));
            let second = offset + name.len() as u32 + 3;
            self.traced(&format!("; B('{name}', {offset}); B('{other}', {second})"));
        } else {
            let value = if form == 2 { format!("aiter({other})") } else { other.to_string() };
            self.bind(name, |writer| writer.both(&value));
        }
        self.both("\n");
    }

    /// Another object under a name, or somebody who puts another iterator into the one that is there.
    fn objects(&mut self) {
        let (one, other) = (self.object(), self.object());
        match self.random.below(7) {
            0 => self.line(&format!("{one} = holder()")),
            1 => self.line(&format!("{one} = {other}")),
            2 => self.line(&format!("{one}, {other} = {other}, {one}")),
            3 => self.line(&format!("touch({one})")),
            4 => self.line(&format!("await touched({one})")),
            5 => {
                self.line("def later():");
                self.line(&format!("  {one}.x = agen(2)"));
            }
            _ => self.line(&format!("for {one} in [{other}, holder()]: flag()")),
        }
    }

    fn swap(&mut self, name: &str) {
        let other = self.name();
        self.begin();
        let offset = self.offset();
        let items = self.items();
        let values = match self.random.below(4) {
            0 => format!("{items}, {name}"),
            1 => format!("{other}, {items}"),
            _ => format!("{other}, {name}"),
        };
        self.both(&format!("{name}, {other} = {values}"));
        let second = offset + name.len() as u32 + 2;
        self.traced(&format!("; B('{name}', {offset}); B('{other}', {second})"));
        self.both("\n");
    }

    fn comprehension(&mut self, name: &'static str) {
        let other = self.name();
        self.begin();
        match self.random.below(6) {
            0 => {
                self.both("flag() and ");
                self.simple_comprehension(name);
            }
            1 => {
                self.simple_comprehension(name);
                self.both(" if flag() else None");
            }
            2 => {
                self.both("[x ");
                let round = self.a_loop();
                self.both("for _ in ");
                self.traced(&format!("I({round}, "));
                self.both("range(2)");
                self.traced(")");
                self.both(" ");
                self.loops.push(round);
                let inner = self.a_loop();
                self.both("async for x in ");
                self.place(name, Some(inner));
                self.loops.pop();
                self.both("]");
            }
            3 => {
                self.both("{y ");
                let round = self.a_loop();
                self.both("async for x in ");
                self.place(name, Some(round));
                self.traced(&format!(" if R({round})"));
                self.both(" if flag() ");
                self.loops.push(round);
                let inner = self.a_loop();
                self.both("async for y in ");
                self.place(other, Some(inner));
                self.loops.pop();
                self.both("}");
            }
            _ => self.simple_comprehension(name),
        }
        self.both("\n");
    }

    fn simple_comprehension(&mut self, name: &'static str) {
        self.both("[x ");
        let round = self.a_loop();
        self.both("async for x in ");
        self.place(name, Some(round));
        if self.random.chance(30) {
            self.both(" if flag()");
        }
        self.both("]");
    }

    /// Functions and other things that look at a name later; some are called.
    fn nested(&mut self, name: &str) {
        let other = self.name();
        match self.random.below(10) {
            0 => self.line(&format!("later = lambda: {name}")),
            1 => self.line(&format!("later = (x async for x in {name})")),
            2 => {
                self.line("async def later():");
                self.line(&format!("  async for _ in {name}: pass"));
            }
            3 => {
                self.line("async def later():");
                self.line(&format!("  {name} = once(1)"));
                self.line(&format!("  async for _ in {name}: pass"));
            }
            4 if self.random.chance(20) => {
                let name = self.variable();
                self.line("def later():");
                self.line(&format!("  nonlocal {name}"));
                self.line(&format!("  {name} = None"));
                // The name must be the function's own.
                self.make_named(name);
            }
            5 | 6 => {
                self.line("def later():");
                self.line(&format!("  {name}.again()"));
            }
            7 | 8 => self.line("flag() and later()"),
            _ => self.line(&format!("{name} is {other}")),
        }
    }

    fn make_named(&mut self, name: &str) {
        let items = self.items();
        self.begin();
        self.bind(name, |writer| writer.both(&items));
        self.both("\n");
    }

    fn walruses(&mut self, name: &str) {
        let other = self.name();
        let items = self.items();
        self.begin();
        match self.random.below(6) {
            0 => {
                self.both("await drain(");
                self.walrus(name, &items);
                self.both(")");
            }
            1 => {
                self.both("await mystery(");
                self.walrus(name, &items);
                self.both(")");
            }
            2 => {
                self.both("async for _ in ");
                self.walrus(name, &items);
                self.both(": pass");
            }
            3 => {
                self.walrus(name, other);
                self.both(" is None");
            }
            4 => {
                self.both("await mystery(");
                self.walrus(name, other);
                self.both(")");
            }
            _ => {
                self.both("flag() and ");
                self.walrus(name, &items);
            }
        }
        self.both("\n");
    }

    /// `async for`, with a body that says nothing or a block.
    fn over(&mut self, name: &'static str, is_short: bool) {
        self.begin();
        let round = self.a_loop();
        let through_aiter = self.random.chance(15);
        self.both(if through_aiter { "async for _ in aiter(" } else { "async for _ in " });
        self.place(name, Some(round));
        self.both(if through_aiter { "):" } else { ":" });
        if is_short {
            self.both(" pass\n");
            return;
        }
        self.both("\n");
        self.indent += 1;
        self.trace(&format!("R({round})"));
        self.indent -= 1;
        self.body(round);
        self.clause("else", 20);
    }

    fn while_loop(&mut self, name: &'static str) {
        // The plain line begins where the loop does, so its trace comes before it.
        let round = self.program.loops.len();
        self.trace(&format!("L({round})"));
        self.begin();
        self.a_loop();
        self.both("while ");
        self.traced(&format!("R({round}) and "));
        self.loops.push(round);
        match self.random.below(4) {
            0 | 1 => self.both("flag()"),
            2 => self.both("True"),
            _ => {
                self.both("await anext(");
                self.place(name, None);
                self.both(", None) is not None");
            }
        }
        self.loops.pop();
        self.both(":\n");
        self.body(round);
        self.clause("else", 20);
    }

    fn guarded_step(&mut self, name: &'static str) {
        self.line("try:");
        self.step(name);
        self.line("except StopAsyncIteration:");
        self.block();
        self.clause("else", 30);
        self.clause("finally", 10);
    }

    /// `await anext(name)` as a block, at times with something beside it.
    fn step(&mut self, name: &'static str) {
        self.indent += 1;
        if self.random.chance(15) {
            self.make();
        }
        self.begin();
        self.both("x = await anext(");
        self.place(name, None);
        self.both(")\n");
        if self.random.chance(15) {
            self.line("flag()");
        }
        self.indent -= 1;
    }

    fn manual_loop(&mut self, name: &'static str) {
        let round = self.program.loops.len();
        self.trace(&format!("L({round})"));
        self.begin();
        self.a_loop();
        self.both("while ");
        self.traced(&format!("R({round}) and "));
        self.both("True:\n");
        self.indent += 1;
        self.loops.push(round);
        self.statement_loops += 1;
        self.line("try:");
        self.step(name);
        self.line("except StopAsyncIteration:");
        let way = if self.random.chance(90) { " break" } else { " return" };
        self.line(way);
        if self.random.chance(20) {
            self.statement();
        }
        self.statement_loops -= 1;
        self.loops.pop();
        self.indent -= 1;
    }

    fn leave(&mut self) {
        let way = match self.random.below(4) {
            0 if self.statement_loops > 0 => "break",
            1 if self.statement_loops > 0 => "continue",
            2 => "raise Boom",
            3 => "return",
            _ => "pass",
        };
        if self.random.chance(90) {
            self.line(&format!("if flag(): {way}"));
        } else {
            self.line(way);
        }
    }

    fn try_statement(&mut self) {
        self.line("try:");
        self.block();
        let has_handler = self.random.chance(65);
        if has_handler {
            let caught = ["Boom", "Exception", "(TypeError, Boom)", "StopAsyncIteration", "BaseException"];
            let caught = caught[self.random.below(caught.len() as u64) as usize];
            self.line(&format!("except {caught}:"));
            self.block();
            if self.random.chance(20) {
                self.line("except:");
                self.block();
            }
            self.clause("else", 30);
        }
        self.clause("finally", if has_handler { 30 } else { 100 });
    }

    fn closing(&mut self, name: &str) {
        let other = self.name();
        self.begin();
        self.both(&format!("async with aclosing({name}) as "));
        let offset = self.offset();
        self.both(&format!("{other}:\n"));
        self.indent += 1;
        self.trace(&format!("B('{other}', {offset})"));
        self.indent -= 1;
        self.block();
    }

    fn match_statement(&mut self) {
        self.line("match flag():");
        self.indent += 1;
        self.line("case True:");
        self.block();
        let rest = ["case _:", "case x if flag():", "case x:", "case None | False:"];
        let rest = rest[self.random.below(rest.len() as u64) as usize];
        self.line(rest);
        self.block();
        self.indent -= 1;
    }
}

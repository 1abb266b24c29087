//! What is said about a class in words, for people.

use super::{ClassId, Facts};
use crate::syntax::Field;
use crate::text::Span;

impl Facts {
    /// The text behind the header of a class when it has one, and the comments inside the class.
    pub fn says_about(&self, class: ClassId) -> impl Iterator<Item = &str> {
        let entry = &self[class];
        let header = self.child(entry.node, Field::Superclasses).map_or(entry.name.end, |list| self.span(list).end);
        let text = &self.source.text[header as usize..];
        let body = text.split_once(':').map_or("", |(_, body)| body).trim_start();
        let is_prefix = |c: char| matches!(c, 'r' | 'R' | 'u' | 'U');
        let quoted = body.trim_start_matches(is_prefix);
        let quotes = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quotes| quoted.starts_with(quotes));
        let docstring = quotes.and_then(|quotes| quoted[quotes.len()..].split(quotes).next());
        let span = Span::new(header, self.end_of_class(class));
        let from = self.outline.comments.partition_point(|comment| comment.start < span.start);
        let comments = self.outline.comments[from..].iter().take_while(move |comment| comment.end <= span.end);
        docstring.into_iter().chain(comments.map(|&comment| self.text(comment)))
    }

    /// Where the lines end that are indented as the body of a class is: the text is asked, for a class that is cut into
    /// its members is the header alone.
    fn end_of_class(&self, class: ClassId) -> u32 {
        let start = self.span(self[class].node).start;
        let own = self.source.indent(start).map_or(0, str::len);
        let (mut at, mut end) = (start as usize, start as usize);
        for line in self.source.text[at..].split_inclusive('\n') {
            let code = line.trim_start_matches([' ', '\t']);
            let is_first = at == start as usize;
            at += line.len();
            if is_first || line.len() - code.len() > own && !code.trim().is_empty() {
                end = at;
            } else if !code.trim().is_empty() && !code.starts_with(['#', ')', ']', '}']) {
                break;
            }
        }
        end as u32
    }
}

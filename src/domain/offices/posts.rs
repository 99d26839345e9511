//! Who has a post in a province, since when and until when; and what a change does to that.

use super::{Office, OfficeFields, Post, Staff};
use crate::domain::ids::PersonId;
use crate::domain::time::Day;
use std::collections::BTreeSet;

/// Somebody's post, in an office or alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posted {
    /// Who.
    pub person: PersonId,
    /// As what.
    pub post: Post,
    /// The first day, where it came with a change; else it is the office's.
    pub from: Option<Day>,
    /// The last day, where it has ended or is to end.
    pub to: Option<Day>,
}

/// A change of what was confirmed, as the agency told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The day on which the province was told of what it says now.
    pub told_on: Day,
    /// The first day on which it holds.
    pub on: Day,
}

impl Change {
    /// The last day on which what was before holds.
    pub fn last_day_before(self) -> Day {
        self.on.minus_days(1)
    }
}

impl Office {
    /// Who is there now.
    pub fn people(&self) -> impl Iterator<Item = &Posted> {
        self.posts.iter().filter(|posted| posted.to.is_none())
    }

    /// Who leads an office, or is alone there.
    pub fn lead(&self) -> Option<PersonId> {
        self.lead_post().map(|posted| posted.person)
    }

    fn lead_post(&self) -> Option<&Posted> {
        let wanted = if self.fields.kind.has_premises() { Post::Head } else { Post::Reporter };
        self.people().find(|posted| posted.post == wanted)
    }

    /// The change by which another took the place of whoever was alone there: what resides there is another one from then
    /// on, and begins with it.
    pub fn beginning_anew(&self) -> Option<Change> {
        let change = self.change.filter(|_| !self.fields.kind.has_premises())?;
        self.lead_post().is_some_and(|posted| posted.from == Some(change.on)).then_some(change)
    }

    /// Whether what begins here is what begins in `other`: from the same day, and, where somebody is alone there, with the
    /// same reporter, who is all that the notice is of. Of anything else it is told afresh.
    pub fn begins_as(&self, other: &Self) -> bool {
        let is_alone = !self.fields.kind.has_premises();
        self.fields.from == other.fields.from && !(is_alone && self.lead() != other.lead())
    }

    /// Whether this says who is there and where as it is on record. Papers come and go beside it.
    pub fn says(&self, fields: &OfficeFields, staff: &Staff) -> bool {
        let on_record: BTreeSet<(PersonId, Post)> = self.people().map(|it| (it.person, it.post)).collect();
        self.fields.address == fields.address && on_record == staff.people().collect()
    }

    /// The posts where a change that was told of is to hold from another day: whoever comes or leaves with it does so then.
    pub fn put_off(&self, told: Change, now: Change) -> Vec<Posted> {
        let moved = |it: &Posted| Posted {
            from: if it.from == Some(told.on) { Some(now.on) } else { it.from },
            to: if it.to == Some(told.last_day_before()) { Some(now.last_day_before()) } else { it.to },
            ..*it
        };
        self.posts.iter().map(moved).collect()
    }

    /// The posts as they are once `staff` is there and nobody else, in the order in which they are shown; whoever leaves is
    /// there until `last`, and whoever comes is there from `first`, or with the office. A post that would end before its
    /// first day was never held.
    pub fn manned(&self, staff: &Staff, first: Option<Day>, last: Day) -> Vec<Posted> {
        let goes_on = |it: &&Posted| it.to.is_none_or(|to| last <= to);
        let known = |person: PersonId| self.posts.iter().find(|it| it.person == person).filter(goes_on);
        let are_there = staff.people().map(|(person, post)| {
            let from = known(person).map_or(first, |it| it.from);
            Posted { person, post, from, to: None }
        });
        let stays = |it: &&Posted| staff.people().any(|(person, _)| person == it.person);
        let left = self.posts.iter().filter(|it| !stays(it)).filter_map(|it| self.until(it, it.to.unwrap_or(last)));
        let mut posts: Vec<Posted> = are_there.chain(left).collect();
        posts.sort_by_key(|it| (it.post, it.person));
        posts
    }

    /// The posts once this person has gone after `last`, whatever was said of their end before.
    pub fn without(&self, person: PersonId, last: Day) -> Vec<Posted> {
        let one = |it: &Posted| match it.person == person {
            true => self.until(it, it.to.map_or(last, |to| to.min(last))),
            false => Some(*it),
        };
        self.posts.iter().filter_map(one).collect()
    }

    /// The posts where all of it ends after `last`: whoever was to come later never comes, and whoever was to leave later
    /// leaves with it.
    pub fn ended(&self, last: Day) -> Vec<Posted> {
        let comes = |it: &&Posted| it.from.is_none_or(|from| from <= last);
        let leaves = |it: &Posted| Posted { to: it.to.map(|to| to.min(last)), ..*it };
        self.posts.iter().filter(comes).map(leaves).collect()
    }

    /// A post that ends after `last`; none where it never began.
    fn until(&self, it: &Posted, last: Day) -> Option<Posted> {
        let began = it.from.unwrap_or(self.fields.from) <= last;
        began.then_some(Posted { to: Some(last), ..*it })
    }
}

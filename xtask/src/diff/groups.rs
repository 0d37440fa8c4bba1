//! Changes by class: equal ones together, those first that concern most.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use super::{
    change::{Change, ExtMethod, Level, Report},
    class::Class,
};

/// All differences of a report.
pub(super) struct Groups<'r> {
    pub(super) breaking: Vec<Group<'r>>,
    pub(super) additive: Vec<Group<'r>>,
    pub(super) patch: Vec<Group<'r>>,
}

impl<'r> Groups<'r> {
    pub(super) fn of(report: &'r Report) -> Self {
        let of = |level| of_level(report, level);
        Self {
            breaking: of(Level::Breaking),
            additive: of(Level::Additive),
            patch: of(Level::Patch),
        }
    }
}

/// All differences of one class and level.
pub(super) struct Group<'r> {
    pub(super) class: Class,
    pub(super) level: Level,
    /// Those that say the same together, unless they say it of whole items.
    pub(super) entries: Vec<Entry<'r>>,
}

/// The same difference of one or several items.
pub(super) struct Entry<'r> {
    pub(super) text: &'r str,
    pub(super) changes: Vec<&'r Change>,
}

/// What some changes concern.
pub(super) struct Impact<'r> {
    /// Handles and methods of `harness-api-ext`.
    pub(super) ext: BTreeSet<(&'r str, &'r str)>,
    pub(super) operations: BTreeSet<&'r str>,
    /// How many of the changes replace what was inferred from one sample.
    pub(super) sampled: usize,
}

impl<'r> Impact<'r> {
    pub(super) fn of(changes: impl IntoIterator<Item = &'r Change>) -> Self {
        let mut impact = Self {
            ext: BTreeSet::new(),
            operations: BTreeSet::new(),
            sampled: 0,
        };
        for change in changes {
            let methods = change.ext.iter();
            let methods = methods.map(|ExtMethod { handle, method, .. }| (&**handle, &**method));
            impact.ext.extend(methods);
            impact.operations.extend(change.operations());
            impact.sampled += usize::from(change.sampled);
        }
        impact
    }

    /// Returns the rank: the least concerns most, and published items go before inferred ones.
    fn rank(&self) -> impl Ord + use<> {
        let (ext, operations) = (self.ext.len(), self.operations.len());
        (Reverse(ext), Reverse(operations), self.sampled > 0)
    }
}

impl Group<'_> {
    /// Returns every change once.
    pub(super) fn changes(&self) -> Vec<&Change> {
        let mut seen = BTreeSet::new();
        let changes = self.entries.iter().flat_map(|entry| &entry.changes);
        changes
            .filter(|change| seen.insert((&change.name, &change.rust)))
            .copied()
            .collect()
    }
}

fn of_level(report: &Report, level: Level) -> Vec<Group<'_>> {
    let mut classes: BTreeMap<Class, BTreeMap<(&str, usize), Vec<&Change>>> = BTreeMap::new();
    for (at, change) in report.changes().enumerate() {
        for detail in change.details.iter().filter(|detail| detail.level == level) {
            // Items that come and go are a difference each.
            let at = if detail.class.is_of_whole() { at } else { 0 };
            classes
                .entry(detail.class)
                .or_default()
                .entry((&detail.text, at))
                .or_default()
                .push(change);
        }
    }
    let mut groups: Vec<Group<'_>> = classes
        .into_iter()
        .map(|(class, entries)| {
            let mut entries: Vec<Entry<'_>> = entries
                .into_iter()
                .map(|((text, _), mut changes)| {
                    changes
                        .sort_by_cached_key(|change| (Impact::of([*change]).rank(), &change.rust));
                    Entry { text, changes }
                })
                .collect();
            entries.sort_by_cached_key(|entry| {
                let impact = Impact::of(entry.changes.iter().copied());
                let first = entry.changes.first().map(|change| &change.rust);
                (impact.rank(), Reverse(entry.changes.len()), first)
            });
            Group {
                class,
                level,
                entries,
            }
        })
        .collect();
    groups.sort_by_cached_key(|group| (Impact::of(group.changes()).rank(), group.class));
    groups
}

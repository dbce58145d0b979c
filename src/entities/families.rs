//! The families of all owners, found without a hash.

use crate::entities::entry::{Family, Place};

/// All families, by the places of their owners.
///
/// Cost: a look-up reads two lists and computes no hash. Four bytes for each place of a class up to
/// its last owner, nothing for classes of which nobody has had children.
#[derive(Clone, Debug, Default)]
pub(super) struct Families {
    /// The number of the family of each place, by class and index; [`NO_FAMILY`] for none.
    numbers: Vec<Vec<u32>>,
    all: Vec<Family>,
    free: Vec<u32>,
}

/// The number of no family.
const NO_FAMILY: u32 = u32::MAX;

impl Families {
    #[inline]
    fn number(&self, owner: Place) -> u32 {
        let of_class = self.numbers.get(usize::from(owner.class));
        let number = of_class.and_then(|numbers| numbers.get(owner.index as usize));
        number.copied().unwrap_or(NO_FAMILY)
    }

    #[inline]
    pub(super) fn get(&self, owner: Place) -> Option<&Family> {
        self.all.get(self.number(owner) as usize)
    }

    #[inline]
    pub(super) fn get_mut(&mut self, owner: Place) -> Option<&mut Family> {
        let number = self.number(owner);
        self.all.get_mut(number as usize)
    }

    /// Adds the family of an owner that has none.
    pub(super) fn insert(&mut self, owner: Place, family: Family) {
        let number = match self.free.pop() {
            Some(number) => {
                self.all[number as usize] = family;
                number
            }
            None => {
                self.all.push(family);
                self.all.len() as u32 - 1
            }
        };
        let (class, index) = (usize::from(owner.class), owner.index as usize);
        if self.numbers.len() <= class {
            self.numbers.resize_with(class + 1, Vec::new);
        }
        let numbers = &mut self.numbers[class];
        if numbers.len() <= index {
            numbers.resize(index + 1, NO_FAMILY);
        }
        numbers[index] = number;
    }

    pub(super) fn remove(&mut self, owner: Place) {
        let number = self.number(owner);
        if number != NO_FAMILY {
            self.free.push(number);
            self.numbers[usize::from(owner.class)][owner.index as usize] = NO_FAMILY;
        }
    }

    /// Removes all, and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.numbers.iter_mut().for_each(Vec::clear);
        self.all.clear();
        self.free.clear();
    }

    /// For how many places and families there is room.
    pub(super) fn capacity(&self) -> usize {
        self.all.capacity() + self.numbers.iter().map(Vec::capacity).sum::<usize>()
    }

    /// The owners and their families, in the order of their places.
    #[cfg(feature = "snapshot")]
    pub(super) fn iter(&self) -> impl Iterator<Item = (Place, &Family)> {
        (0..).zip(&self.numbers).flat_map(move |(class, numbers)| {
            let family = move |(index, number): (u32, &u32)| {
                Some((Place { class, index }, self.all.get(*number as usize)?))
            };
            (0..).zip(numbers).filter_map(family)
        })
    }
}

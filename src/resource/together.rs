//! How claims of several resources are served.

use crate::actor::ActorId;
use crate::error::ErrorKind;
use crate::features::Kernel;
use crate::line::{Claim, Known, Ticket};
use crate::resource::held::Held;
use crate::resource::resources::Claimant;
use crate::resource::several::{Part, Several, Share, Taken};
use crate::resource::units::Units;
use crate::resource::user::User;
use crate::time::VirtualTime;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// After so many changes of schedules that are not enough together, the search for the next time
/// goes on at the time that was reached.
const MOST_CHANGES: usize = 1_000;

/// The resource that is being served, which is not on the list of all meanwhile.
#[derive(Clone, Copy)]
struct Served<'a> {
    id: ActorId,
    units: &'a Units,
}

impl<'a> Served<'a> {
    /// The units of this resource or another.
    fn units(self, kernel: &'a Kernel, id: ActorId) -> Option<&'a Units> {
        if id == self.id { Some(self.units) } else { kernel.resource(id) }
    }

    /// Whether a claim with that place waits for another one in its line.
    fn is_behind(self, kernel: &Kernel, part: &Part) -> bool {
        let Some(units) = self.units(kernel, part.resource) else { return true };
        let blocks = |ticket| match units.several.get(&ticket) {
            Some(several) => several.blocks(part.resource),
            None => true,
        };
        units.facility.before(part.ticket).any(blocks)
    }

    fn has_for(self, kernel: &Kernel, part: &Part) -> bool {
        let Some(units) = self.units(kernel, part.resource) else { return false };
        let capacity = units.capacity(kernel.now);
        units.facility.has_for(capacity, part.ticket.priority, part.claim)
            && !self.is_behind(kernel, part)
    }

    /// The first option of which all parts can be granted.
    fn able(self, kernel: &Kernel, several: &Several) -> Option<usize> {
        let can = |parts: &Vec<Part>| parts.iter().all(|part| self.has_for(kernel, part));
        several.options.iter().position(can)
    }

    /// The next time at which schedules let all parts be granted, if nothing else changes.
    fn time_of(self, kernel: &Kernel, parts: &[Part]) -> Option<VirtualTime> {
        let mut at = kernel.now;
        for _ in 0..MOST_CHANGES {
            let mut latest = at;
            for part in parts {
                let units = self.units(kernel, part.resource)?;
                let needed = units.facility.needed_for(part.ticket.priority, part.claim);
                let there = if units.shifts.is_none() {
                    self.has_for(kernel, part)
                } else {
                    if units.capacity(at) < needed {
                        latest = latest.max(units.first_with(at, needed)?);
                    }
                    true
                };
                if !there || self.is_behind(kernel, part) {
                    return None;
                }
            }
            if latest == at {
                break;
            }
            at = latest;
        }
        (at > kernel.now).then_some(at)
    }

    /// The next time at which a change of the capacity of a resource serves somebody.
    fn next_time(self, kernel: &Kernel, id: ActorId) -> Option<VirtualTime> {
        let units = self.units(kernel, id).filter(|units| units.shifts.is_some())?;
        let (mut times, mut place) = (Vec::new(), None);
        while let Some((ticket, claim)) = units.facility.next_after(place) {
            let Some(several) = units.several.get(&ticket) else {
                let needed = units.facility.needed_for(ticket.priority, claim);
                times.extend(units.first_with(kernel.now, needed));
                break;
            };
            let own = several.options.iter().filter(|parts| parts.iter().any(|p| p.resource == id));
            // Where nothing changes, a look would serve claims before those that are ahead of them
            // where something does.
            let changes = |at: &VirtualTime| units.changes_at(*at);
            times.extend(own.filter_map(|parts| self.time_of(kernel, parts)).filter(changes));
            if several.blocks(id) {
                break;
            }
            place = Some(ticket);
        }
        times.into_iter().min()
    }
}

impl Units {
    /// The next time at which a change of the capacity serves somebody, with claims of several
    /// resources in the line.
    pub(super) fn next_time_for_several(
        &self,
        kernel: &Kernel,
        id: ActorId,
    ) -> Option<VirtualTime> {
        Served { id, units: self }.next_time(kernel, id)
    }

    /// Serves a line that has claims of several resources. Cost: O(claims of several resources in
    /// it x their resources), and for each O(claims before it in its other lines).
    pub(super) fn serve_with_several(&mut self, kernel: &mut Kernel, id: ActorId) {
        let (mut place, mut waiting) = (None, Vec::new());
        while let Some((ticket, claim)) = self.facility.next_after(place) {
            let Some(several) = self.several.get(&ticket).map(Rc::clone) else {
                if !self.facility.has_for(self.facility.capacity, ticket.priority, claim) {
                    break;
                }
                if self.grant_at(kernel, id, ticket, claim) {
                    // More units may have been taken away than were needed.
                    place = None;
                }
                continue;
            };
            if let Some(number) = (Served { id, units: self }).able(kernel, &several) {
                if self.grant_several(kernel, id, &several, number) {
                    place = None;
                }
                continue;
            }
            place = Some(ticket);
            let blocks = several.blocks(id);
            waiting.push(several);
            if blocks {
                break;
            }
        }
        self.plan_others(kernel, id, &waiting);
    }

    /// Grants a claim in the line what it wants of this resource; whether that took units away from
    /// others.
    fn grant_at(&mut self, kernel: &mut Kernel, id: ActorId, place: Ticket, claim: Claim) -> bool {
        let by = self.facility.at(place).map_or(ActorId::OUTSIDE, Known::id);
        let mut preempts = false;
        while let Some(lost) = self.facility.preempt_for(kernel.now, place.priority, claim) {
            self.take_away(kernel, id, by, lost);
            preempts = true;
        }
        let several = self.several.remove(&place).is_some();
        let Some(user) = self.facility.grant(kernel.now, place, claim) else { return preempts };
        kernel.forget_claim(user.claimant.actor_id(), id, place);
        if !several {
            kernel.tell(id, &mut user.claimant, |kernel| Held::new(&kernel.returns, id, place));
        }
        preempts
    }

    /// Grants an option to a claim of several resources, which leaves its other lines; whether that
    /// took units of this resource away from others.
    fn grant_several(
        &mut self,
        kernel: &mut Kernel,
        own: ActorId,
        several: &Several,
        number: usize,
    ) -> bool {
        let parts = &several.options[number];
        let mut preempts = false;
        for &(line, ticket) in &several.lines {
            let part = parts.iter().find(|part| part.resource == line);
            let mut leave = |units: &mut Self, kernel: &mut Kernel| {
                units.keep_up(kernel.now);
                let changed = match part {
                    Some(part) => units.grant_at(kernel, line, ticket, part.claim),
                    None => {
                        units.several.remove(&ticket);
                        let user = units.facility.withdraw(kernel.now, ticket);
                        let actor = user.and_then(|user| user.claimant.actor_id());
                        kernel.forget_claim(actor, line, ticket);
                        several.blocks(line)
                    }
                };
                if line == own {
                    preempts |= changed;
                } else if changed && units.facility.waiting() > 0 {
                    kernel.look_later(line);
                } else if units.plans() {
                    units.plan(kernel, line);
                }
            };
            if line == own {
                leave(self, kernel);
            } else {
                kernel.with_resource(line, leave);
            }
        }
        kernel.tell_of_several(own, several, number);
        preempts
    }

    /// Lets the other resources of claims that wait look at their lines when their schedules let
    /// the claims be granted.
    fn plan_others(&mut self, kernel: &mut Kernel, id: ActorId, waiting: &[Rc<Several>]) {
        let lines = waiting.iter().flat_map(|several| &several.lines);
        let mut others: Vec<ActorId> = lines.map(|line| line.0).filter(|one| *one != id).collect();
        others.sort_unstable();
        others.dedup();
        for other in others {
            let served = Served { id, units: self };
            if served.units(kernel, other).is_some_and(|units| units.shifts.is_some()) {
                let time = served.next_time(kernel, other);
                kernel.with_resource(other, |units: &mut Self, kernel| {
                    units.keep_up(kernel.now);
                    units.plan_for(kernel, other, time);
                });
            }
        }
    }

    /// Whether a claim in the line could have its units of this resource, and waits for another.
    pub(super) fn waits_elsewhere(&self, id: ActorId, now: VirtualTime, ticket: Ticket) -> bool {
        let Some(several) = self.several.get(&ticket) else { return false };
        let blocks = |before| self.several.get(&before).is_none_or(|other| other.blocks(id));
        let mut parts = several.options.iter().flatten().filter(|part| part.resource == id);
        let capacity = self.capacity(now);
        parts.all(|part| self.facility.has_for(capacity, ticket.priority, part.claim))
            && !self.facility.before(ticket).any(blocks)
    }
}

/// Several resources as they are asked for: options of shares, in order of preference.
pub(crate) type Options = Vec<Vec<Share>>;

impl Kernel {
    /// Claims of several resources. What cannot be claimed fails the run.
    pub(crate) fn claim_several(
        &mut self,
        options: &Options,
        claimant: Claimant<Taken>,
        mut user: impl FnMut() -> User,
    ) -> Rc<Several> {
        self.take_back_first();
        let mut lines: Vec<(ActorId, Ticket)> = Vec::new();
        let is_possible = self.can_be_granted(options);
        let shares = options.iter().flatten().filter(|_| is_possible);
        for share in shares {
            let id = share.resource.owned(self);
            if lines.iter().all(|line| line.0 != id) {
                let ticket = self.enter_line(id, share.claim, user());
                lines.extend(ticket.map(|ticket| (id, ticket)));
            }
        }
        let ticket = |id| lines.iter().find(|line| line.0 == id).map(|line| line.1);
        let part = |share: &Share| {
            let resource = share.resource.id;
            Some(Part { resource, claim: share.claim, ticket: ticket(resource)? })
        };
        let parts = |shares: &Vec<Share>| shares.iter().filter_map(part).collect();
        let options = options.iter().filter(|_| is_possible).map(parts).collect();
        let (claimant, granted) = (RefCell::new(claimant), Cell::new(None));
        let several = Rc::new(Several { claimant, options, lines, granted });
        if several.lines.is_empty() && !several.options.is_empty() {
            // It needs nothing.
            self.tell_of_several(ActorId::OUTSIDE, &several, 0);
        }
        for (id, ticket) in &several.lines {
            let several = Rc::clone(&several);
            self.with_resource(*id, |units: &mut Units, _| units.several.insert(*ticket, several));
        }
        for (id, _) in &several.lines {
            if several.granted.get().is_none() {
                self.with_resource(*id, |units: &mut Units, kernel| units.serve(kernel, *id));
            }
        }
        let waits = several.granted.get().is_none();
        for (id, _) in several.lines.iter().filter(|_| waits) {
            let is_full = |units: &Units| units.facility.waiting() > units.limit;
            if self.resource(*id).is_some_and(is_full) {
                let resource = self.entities.path(*id).to_string();
                self.fail(ErrorKind::LineFull { resource });
            }
        }
        several
    }

    fn tell_of_several(&mut self, from: ActorId, several: &Several, number: usize) {
        several.granted.set(Some(number));
        self.tell(from, &mut several.claimant.borrow_mut(), |kernel| {
            let held = |part: &Part| Held::new(&kernel.returns, part.resource, part.ticket);
            (number, several.options[number].iter().map(held).collect())
        });
    }

    fn enter_line(&mut self, id: ActorId, claim: Claim, user: User) -> Option<Ticket> {
        self.with_resource(id, |units: &mut Units, kernel| {
            let actor = user.claimant.actor_id();
            units.keep_up(kernel.now);
            let ticket = units.enter(kernel.now, claim, user);
            kernel.remember_claim(actor, id, ticket);
            ticket
        })
    }

    /// Whether each option can ever be granted; fails the run if not.
    fn can_be_granted(&mut self, options: &Options) -> bool {
        for shares in options {
            for (place, Share { resource, claim }) in shares.iter().enumerate() {
                let id = resource.owned(self);
                let capacity = self.with_resource(id, |units: &mut Units, _| units.most);
                let Some(capacity) = capacity else { return false };
                let path = |kernel: &Self| kernel.entities.path(id).to_string();
                if claim.amount > capacity {
                    let (resource, asked) = (path(self), claim.amount);
                    self.fail(ErrorKind::NeverEnough { resource, asked, capacity });
                    return false;
                }
                if shares[..place].iter().any(|other| other.resource == *resource) {
                    let resource = path(self);
                    self.fail(ErrorKind::ClaimedTwice { resource });
                    return false;
                }
            }
        }
        true
    }
}

//! Parts that belong together.

use crate::actor::Message;
use crate::condition::state::State;
use crate::process::{Process, all};
use crate::resource::{Environment, Store};

/// The first key, in the order of the first store, that an item in each store has.
fn common<T: 'static, K: PartialEq>(
    environment: &impl Environment,
    stores: &[Store<T>],
    key: &impl Fn(&T) -> K,
) -> Option<K> {
    let keys = |store: &Store<T>| {
        let mut keys = Vec::new();
        store.for_each(environment, |item| keys.push(key(item)));
        keys
    };
    let (first, others) = stores.split_first()?;
    let others: Vec<Vec<K>> = others.iter().map(keys).collect();
    keys(first).into_iter().find(|key| others.iter().all(|keys| keys.contains(key)))
}

impl<M: Message> Process<M> {
    /// Takes one item out of each of several stores, all with the same key (Arena's *Match*), in the
    /// order of the stores. It takes nothing before all are there. Of several keys, it takes the one
    /// whose item comes first in the first store.
    ///
    /// It is woken by changes of these stores, as by [`until`](Self::until). With no stores it waits
    /// for ever. Cost: O(items) after an event that changes one of them.
    ///
    /// # Examples
    /// Frames and doors with the same order number:
    /// ```
    /// use flagfall::{Config, Simulation, Span, Store};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let frames = Store::new(&mut simulation, "frames", 10);
    /// let doors = Store::new(&mut simulation, "doors", 10);
    /// for (store, orders) in [(frames, [1, 2, 3]), (doors, [3, 1, 2])] {
    ///     let name = if store == frames { "frame maker" } else { "door maker" };
    ///     simulation.process(name, async move |p| {
    ///         for order in orders {
    ///             p.sleep(Span::from_mins(10)).await;
    ///             store.put(&p, order).await;
    ///         }
    ///     });
    /// }
    /// let assembly = simulation.process("assembly", async move |p| {
    ///     let mut order = Vec::new();
    ///     for _ in 0..3 {
    ///         let parts = p.get_matching([frames, doors], |order| *order).await;
    ///         assert_eq!(parts[0], parts[1]);
    ///         order.push((parts[0], p.now().to_string()));
    ///     }
    ///     order
    /// });
    /// simulation.run()?;
    /// let expected = [(1, "1200s"), (2, "1800s"), (3, "1800s")];
    /// let expected = expected.map(|(order, at)| (order, at.to_owned()));
    /// assert_eq!(assembly.result(), Some(expected.to_vec()));
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[must_use = "nothing is taken until this is awaited: write `.await`"]
    pub fn get_matching<T: 'static, K: PartialEq + Clone + 'static>(
        &self,
        stores: impl IntoIterator<Item = Store<T>>,
        key: impl Fn(&T) -> K + Clone + 'static,
    ) -> impl Future<Output = Vec<T>> {
        let stores: Vec<Store<T>> = stores.into_iter().collect();
        let there = {
            let (stores, key) = (stores.clone(), key.clone());
            move |state: &State<'_>| common(state, &stores, &key).is_some()
        };
        let until = self.until(there);
        async move {
            until.await;
            let wanted = common(self, &stores, &key).expect("the condition holds");
            let get = |store: &Store<T>| {
                let (key, wanted) = (key.clone(), wanted.clone());
                store.get_where(self, move |item| key(item) == wanted)
            };
            all(stores.iter().map(get).collect::<Vec<_>>()).await
        }
    }
}

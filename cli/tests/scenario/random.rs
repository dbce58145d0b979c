//! Random scenario files, and files with random changes: whatever is read is told
//! with its place, and what a model writes of itself says the same.

use flagfall_cli::check_scenario;
use proptest::prelude::*;

/// Scenario files with most options, each once.
pub(super) const FILES: [&str; 7] = [
    "model = \"taxi\"\nseed = 7\nfleet = 2\ndurations = [2, 5, 1, \"1.5s\"]\nlatency = \"2ms\"\n\
     json = true\nsummary = true\nverbose = false\nfault = [\"slow driver/** by 1.5\"]\n\
     link = [\"driver->driver/dispatcher=5ms\"]\nprice = 0.25\ncommission = \"0.05\"\n",
    "model = \"parameter-server\"\nworkers = 4\nepoch = \"20s\"\nhorizon = \"50s\"\ngradient = -0.1\ncpus = 2\n\
     stagger = \"10ms\"\nmax-events = 1000\nend-time = \"1h\"\n",
    "model = \"actor-tree\"\nworkers = 3\nepochs = 2\nstates = \"DONE,RUNNING,DONE;DONE,DONE,DONE\"\n\
     crash = [\"0@1.5s\", \"1@700ms\"]\n",
    "model = \"messages\"\nworkers = 2\npolls = 3\nlatency = \"empirical:1ms,2ms*3\"\n\
     max-mailbox = 9\npace = 10.0\ndigest = \"times,order\"\n",
    "model = \"taxi\"\nrides = 20\nreplications = 100\nlevel = 0.9\n\
     goal = [\"refused_share < 3%\", \"ride_time<=10min\"]\n\n[grid]\nfleet = [2, 4, 8]\n\
     every = [\"0.5s\", \"1s\"]\nfault = [\"slow driver/** by 2\", \"crash driver at 3s\"]\n",
    "grid.states = [\"DONE,RUNNING\", \"RUNNING,DONE\"]\nmodel = \"actor-tree\"\nworkers = 2\n\
     precision = \"1%\"\nof = [\"inspections\"]\nfewest = 20\nmost = 50\ngrid.crash = [\"0@1.5s\", \"1@700ms\"]\n",
    "model = \"taxi\"\nrides = 20\nbest = \"min\"\nof = \"refused_share\"\nindifference = 0.01\n\
     chance = 0.9\nfirst = 10\nprocedure = \"rinott\"\nmost = 90\n[grid]\nfleet = [2, 4]\n",
];

/// What the command would tell, or nothing.
fn check(text: &str) -> Result<(), TestCaseError> {
    match check_scenario(text) {
        Ok(Some(written)) => {
            let again = check_scenario(&written);
            prop_assert_eq!(again, Ok(Some(written)), "what is written says the same");
        }
        Ok(None) => {}
        Err(told) => prop_assert!(!told.is_empty()),
    }
    Ok(())
}

#[test]
fn what_is_changed_below_can_be_run() {
    // The others would pass if nothing could be read at all.
    for text in FILES {
        let written = check_scenario(text).expect(text).expect("no other files");
        let model = text.lines().find(|line| line.starts_with("model")).expect("a model");
        assert!(written.starts_with(model), "{written}");
    }
    assert_eq!(check_scenario("model = \"taxi\"\nfaults = \"none.txt\"\n"), Ok(None));
    let told = check_scenario("model = \"taxi\"\n flet = 2\n").expect_err("no option");
    assert!(told.starts_with("line 2, column 2: taxi has no option flet"), "{told}");
}

proptest! {
    #[test]
    fn changed_files_harm_nobody(
        file in 0..FILES.len(),
        changes in prop::collection::vec(
            (any::<prop::sample::Index>(), 0..4_usize, "[0-9]{1,19}|[-.eE\\[\\]\"=\n,#{}a-z*@:;> ]{1,3}|\\PC|inf|true"),
            1..5,
        ),
    ) {
        let mut text: Vec<char> = FILES[file].chars().collect();
        for (place, taken, given) in changes {
            let place = place.index(text.len() + 1);
            let end = (place + taken).min(text.len());
            text.splice(place..end, given.chars());
        }
        check(&text.into_iter().collect::<String>())?;
    }

    #[test]
    fn any_text_harms_nobody(text in any::<String>()) {
        check(&text)?;
    }
}

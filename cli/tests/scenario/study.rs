//! What a file says of a study, and what counts instead of it.

use super::{Folder, flagfall, run};
use flagfall_cli::check_scenario;

const DAYS: &str = "model = \"taxi\"\nrides = 20\nreplications = 100\n\n\
                    [grid]\nfleet = [2, 4]\nevery = [\"0.5s\", \"1s\"]\n";

#[test]
fn a_grid_is_not_one_run_but_its_points_are() {
    let folder = Folder::new("scenario-grid");
    let file = folder.file("days.toml", DAYS);
    let output = run(&file, &[]);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{error}");
    let name = file.to_str().expect("a path");
    for wanted in [
        format!("{name}: line 6, column 1: a grid of 2 x 2 points: run is about one scenario"),
        format!("= run all of them with flagfall sweep {name}"),
        format!("= one of them with flagfall run {name} --fleet=2 --every=0.5s"),
    ] {
        assert!(error.contains(&wanted), "{error}");
    }
    // One factor is left.
    let output = run(&file, &["--fleet=2"]);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(error.contains("line 7, column 1: a grid of 2 points"), "{error}");
    let output = run(&file, &["--fleet=2", "--every", "0.5s", "--json"]);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{error}");
    assert!(error.contains(&format!("note: {name} is a study with replications = 100")), "{error}");
    let plain =
        folder.file("day.toml", "model = \"taxi\"\nrides = 20\nfleet = 2\nevery = \"0.5s\"\n");
    let plain = run(&plain, &["--json"]);
    assert_eq!(output.stdout, plain.stdout);
    assert!(!String::from_utf8_lossy(&plain.stderr).contains("note:"));
}

#[test]
fn options_beside_the_file_override_what_they_exclude() {
    let folder = Folder::new("scenario-exclusive");
    let drawn = "model = \"taxi\"\nrides = 3\nride-seconds = \"2..=9\"\nquiet = true\n";
    let given = "model = \"taxi\"\ndurations = [1, 2]\nquiet = true\n";
    let json = |text: &str, beside: &[&str]| {
        let output = run(&folder.file("day.toml", text), &[beside, &["--json"]].concat());
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{beside:?}: {error}");
        (String::from_utf8(output.stdout).expect("text"), error)
    };
    let (as_given, _) = json(given, &[]);
    assert_eq!(json(drawn, &["--durations", "1,2"]).0, as_given);
    assert_eq!(json(drawn, &["--durations=1,2"]).0, as_given);
    assert_eq!(json(given, &["--rides", "3", "--ride-seconds=2..=9"]), json(drawn, &[]));
    // A letter counts as the word it is short for.
    assert!(json(drawn, &["-v"]).1.contains("messages: "));
    let grid = "model = \"taxi\"\nquiet = true\n[grid]\nrides = [3, 4]\n";
    assert_eq!(json(grid, &["--durations", "1,2"]).0, as_given);
}

#[test]
fn all_levels_are_checked_where_they_stand() {
    for (grid, wanted) in [
        ("fleet = [2, \"x\", 4]", "line 4, column 13: fleet cannot be \"x\": write a whole number"),
        ("fleet = [2, [3, 4]]", "line 4, column 13: fleet cannot be \"3,4\""),
        ("fleet = [2, 4, 2]", "line 4, column 16: fleet has the level 2 twice"),
        ("fleet = []", "line 4, column 9: fleet has no levels"),
        ("fleet = 2", "line 4, column 9: the levels of fleet are a list: write fleet = [...]"),
        ("flet = [2]", "line 4, column 1: taxi has no option flet: did you mean fleet?"),
        ("json = [true]", "line 4, column 1: json is on or off"),
        ("every = [\"1s\", 2]", "line 4, column 16: every cannot be \"2\": `2` has no unit"),
        ("rides = [5]\ndurations = [[1, 2]]", "line 5, column 1: durations and rides (line 4)"),
        ("durations = [[1, 2], [3, \"x\"]]", "line 4, column 26: durations cannot be \"x\": `x`"),
        ("link = [[\"a->b=1s\"]]", "line 4, column 9: a level of link is one value, not a list"),
        ("drivers = [\"a;b\"]", "line 4, column 12: a level of drivers cannot have a semicolon"),
        ("commission = [1, 2]\nprice = [0.5]", "line 4, column 15: a commission of 1 is above"),
        ("fleet = [true]", "line 4, column 10: fleet is a text, a number or a list"),
    ] {
        let text = format!("model = \"taxi\"\n\n[grid]\n{grid}\n");
        let error = check_scenario(&text).expect_err(grid);
        assert!(error.starts_with(wanted), "{grid}: {error}");
    }
    let error = check_scenario("model = \"taxi\"\ngrid = 3\n").expect_err("no table");
    assert!(error.starts_with("line 2, column 8: grid is a table: write a line [grid]"), "{error}");
    let error = check_scenario("model = \"taxi\"\nlevel = [0.9]\n").expect_err("a list");
    assert!(error.starts_with("line 2, column 9: level is one value, not a list"), "{error}");
    let first = check_scenario(DAYS).expect("good levels").expect("no files");
    assert!(first.contains("\nfleet = 2\n") && first.contains("\nevery = \"500ms\"\n"), "{first}");
}

#[test]
fn a_study_is_its_options() {
    let folder = Folder::new("scenario-sweep");
    let file = folder.file(
        "days.toml",
        "model = \"taxi\"\nreplications = 3\nlevel = 0.9\nquiet = true\n[grid]\n\
         durations = [[1, 2, 3], [4]]\nfleet = [1, 2]\n",
    );
    let sweep = |words: &[&str], out: &str| {
        let out = folder.0.join(out);
        let out = out.to_str().expect("a path");
        let output = flagfall(&[&["sweep"], words, &["--out", out]].concat());
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{words:?}: {error}");
        String::from_utf8(output.stdout).expect("text")
    };
    let name = file.to_str().expect("a path");
    let factors = ["--set", "durations=1,2,3;4", "--set", "fleet=1,2"];
    let options = ["taxi", "--replications=3", "--level", "0.9", "-q"];
    let by_options = sweep(&[&options[..], &factors].concat(), "options");
    assert_eq!(sweep(&[name], "file"), by_options);
    assert!(by_options.contains("fleet"), "{by_options}");
    // What stands beside the file counts: an option, other levels, a number.
    let beside = sweep(&[name, "--replications", "2", "--set", "fleet=2", "--rides=3"], "beside");
    let options = ["taxi", "--replications=2", "--level=0.9", "-q", "--rides=3"];
    assert_eq!(beside, sweep(&[&options[..], &["--set", "fleet=2"]].concat(), "beside-options"));
}

#[test]
fn a_study_that_cannot_be_names_the_place() {
    let folder = Folder::new("scenario-sweep-mistakes");
    for (text, wanted) in [
        ("replications = 0", "line 2, column 16: replications cannot be \"0\": 0 is not in 1.."),
        (
            "precision = \"x\"",
            "line 2, column 13: precision cannot be \"x\": `x` is not a precision",
        ),
        ("level = 2", "line 2, column 9: level cannot be \"2\": `2` is not a confidence level"),
        ("of = \"rides\"", "line 2, column 6: --of needs --precision or --best"),
        ("goal = \"refused_share\"", "line 2, column 8: goal cannot be \"refused_share\": "),
        (
            "goal = [\"rides > 1\", \"rides = 2\"]",
            "line 2, column 22: goal cannot be \"rides = 2\"",
        ),
        ("goal = true", "line 2, column 8: goal is a text, a number or a list"),
        (
            "goal = [\"rides > 1\", \"ride<1\"]",
            "line 2, column 22: --goal 'ride < 1': there is no measure ride; there are rides",
        ),
        (
            "goal = [\"rides>1\",\n\"refused_share<3min\"]",
            "line 3, column 1: --goal 'refused_share < 3min': the limit of",
        ),
        ("best = \"most\"", "line 2, column 8: best cannot be \"most\": write max or min"),
        ("best = \"max\"", "line 2, column 8: --best needs one --of MEASURE"),
        ("indifference = 1", "line 2, column 16: --indifference needs --best max or --best min"),
        ("\nfewest = 20", "line 3, column 1: fewest needs precision, too: add a line, or remove"),
        ("procedure = \"kn\"", "line 2, column 1: procedure needs indifference, too"),
        ("most = 9\nreplications = 5", "line 3, column 1: most in line 2 excludes replications"),
        (
            "indifference = 0.1\nprecision = 1",
            "line 3, column 1: indifference in line 2 excludes precision: remove one",
        ),
        (
            "best = \"min\"\nof = \"rides\"\nindifference = 1\nfirst = 20\nmost = 10\ngrid.fleet = [1, 2]",
            "line 5, column 9: --first 20 is more than --most 10",
        ),
        ("grid.fleet = [1, \"x\"]", "line 2, column 18: fleet cannot be \"x\": write a whole"),
        ("grid.commission = [0.25, 3]", "line 2, column 26: a commission of 3 is above"),
        ("grid.lang = [\"fr\"]", "line 2, column 14: --set lang: taxi has no option lang that can"),
    ] {
        let file = folder.file("bad.toml", &format!("model = \"taxi\"\n{text}\n"));
        let out = folder.0.join("out");
        let words =
            ["sweep", file.to_str().expect("a path"), "--out", out.to_str().expect("a path")];
        let output = flagfall(&words);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(3), "{error}");
        assert!(error.contains(&format!("bad.toml: {wanted}")), "{wanted}: {error}");
    }
}

/// What a command prints and tells, which succeeds.
fn shown(words: &[&str]) -> (String, String) {
    let output = flagfall(words);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{words:?}: {told}");
    (String::from_utf8(output.stdout).expect("text"), told)
}

#[test]
fn goals_of_a_file_are_answered_as_options_are() {
    let folder = Folder::new("scenario-goals");
    let study = "model = \"taxi\"\nrides = 60\nreplications = 20\nquiet = true\n";
    let goals = "goal = [\"refused_share < 30%\", \"ride_time<10min\"]\n";
    let fleets = "[grid]\nfleet = [2, 8]\n";
    let file = folder.file("days.toml", &format!("{study}{goals}{fleets}"));
    let plain = folder.file("plain.toml", &format!("{study}{fleets}"));
    let one = folder.file("one.toml", &format!("{study}goal = \"ride_time<10min\"\n{fleets}"));
    let [file, plain, one] = [&file, &plain, &one].map(|path| path.to_str().expect("a path"));
    let out = folder.0.join("out");
    let out = out.to_str().expect("a path");
    let sweep = |words: &[&str]| shown(&[&["sweep"], words, &["--out", out]].concat()).0;
    let answered = sweep(&[file]);
    assert!(answered.starts_with("refused_share < 30% and ride_time < 10min "), "{answered}");
    // Goals decide no row: all of these are the same study.
    let goals = ["--goal", "refused_share < 30%", "--goal=ride_time<10min"];
    assert_eq!(sweep(&[&[plain][..], &goals].concat()), answered);
    // Those of the command line count instead.
    assert_eq!(sweep(&[file, "--goal=ride_time<10min"]), sweep(&[one]));
    assert_ne!(sweep(&[one]), answered);
    // Other commands leave them out, and say so.
    let (_, told) = shown(&["compare", file]);
    let note = "days.toml says goal = refused_share < 30%, which is for `flagfall sweep ";
    assert!(told.contains(note) && told.contains(": compare leaves it out"), "{told}");
    let (_, told) = shown(&["run", one, "--fleet=2"]);
    assert!(told.contains("one.toml is a study with replications = 20"), "{told}");
}

#[test]
fn the_best_is_chosen_as_a_file_says() {
    let folder = Folder::new("scenario-best");
    let grid = "quiet = true\n[grid]\nfleet = [2, 5]\n";
    let of = "model = \"taxi\"\nrides = 30\nbest = \"max\"\nof = \"commission\"\n";
    let chosen = "indifference = 1\nchance = 0.9\nfirst = 10\nmost = 500\nprocedure = \"rinott\"\n";
    let chosen = folder.file("chosen.toml", &format!("{of}{chosen}{grid}"));
    let ranked = folder.file("ranked.toml", &format!("{of}replications = 5\n{grid}"));
    let [chosen, ranked] = [&chosen, &ranked].map(|path| path.to_str().expect("a path"));
    let sweep = |words: &[&str], out: &str| {
        let out = folder.0.join(out);
        shown(&[&["sweep"], words, &["--out", out.to_str().expect("a path")]].concat()).0
    };
    let taxi = ["taxi", "--rides=30", "-q", "--set=fleet=2,5", "--best=max", "--of=commission"];
    let options = ["--indifference=1", "--chance=0.9", "--first=10", "--most=500"];
    let by_options = sweep(&[&taxi[..], &options, &["--procedure=rinott"]].concat(), "options");
    assert!(by_options.contains("chance of at least 90 %"), "{by_options}");
    assert_eq!(sweep(&[chosen], "file"), by_options);
    // Another number of replications leaves out all that belongs to this one.
    let five = sweep(&[&taxi[..], &["--replications=5"]].concat(), "five");
    assert_eq!(sweep(&[chosen, "--replications=5"], "beside"), five);
    assert_eq!(sweep(&[ranked], "ranked"), five);
    let precise = ["--precision=50%", "--fewest=5"];
    let by_options = sweep(&[&taxi[..], &precise].concat(), "precise-options");
    for (file, out) in [(chosen, "precise"), (ranked, "precise-ranked")] {
        assert_eq!(sweep(&[&[file], &precise[..]].concat(), out), by_options);
    }
    // A comparison has no choice of a procedure.
    let (text, told) = shown(&["compare", chosen]);
    assert!(text.contains("fleet=5 is chosen for the highest commission"), "{text}");
    assert!(told.contains("chosen.toml says procedure = rinott, which is for"), "{told}");
    let (text, _) = shown(&["compare", ranked]);
    assert!(text.contains("taxi: 2 scenarios, 5 replications of each"), "{text}");
    let unknown = format!("{of}{grid}").replace("commission", "wages");
    let unknown = folder.file("unknown.toml", &unknown);
    let output = flagfall(&["compare", unknown.to_str().expect("a path")]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        told.contains("line 4, column 6: --of: there is no measure wages; there are"),
        "{told}"
    );
}

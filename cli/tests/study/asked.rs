//! What is asked of a study: goals, and the best.

use super::{Place, files};
use crate::command::{json, run, stderr, stdout};
use serde_json::Value;
use std::fs;
use std::path::Path;

fn refused(arguments: &str) -> String {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments}: {}", stdout(&output));
    stderr(&output)
}

const TAXI: &str = "sweep taxi --rides 60 --set fleet=3,5,8 --replications 60";

#[test]
fn a_goal_is_answered_for_each_point_above_all_else() {
    let folder = Place::new("goal");
    let out = folder.join("days");
    let command = format!("{TAXI} --out {} --goal refused_share<0.1", out.display());
    let output = run(&command);
    assert!(output.status.success(), "{}", stderr(&output));
    let text = stdout(&output);
    let first = text.lines().next().expect("a sentence");
    assert_eq!(
        first,
        "refused_share < 0.1 holds at fleet 5 and fleet 8 and does not hold at fleet 3 (95 % for all \
         3 answers together: Bonferroni, 98.333 % each)."
    );
    // The files are those without a goal, and so is the study.
    let files = |out: &Path| {
        ["manifest.json", "rows.csv", "summary.json", "checksums.txt"]
            .map(|name| fs::read(out.join(name)).expect("a file"))
    };
    let plain = folder.join("plain");
    assert!(run(&format!("{TAXI} --out {}", plain.display())).status.success());
    assert_eq!(files(&out), files(&plain));
    // So another goal can be asked of the folder, with and without the study's command.
    let report = format!("report {} --goal refused_share<0.1", plain.display());
    assert!(stdout(&run(&report)).starts_with(first));
    let again = json(&format!("{TAXI} --out {} --json --goal refused_share<10%", plain.display()));
    assert_eq!(again["goals"][0]["limit"], 0.1);
    assert_eq!(again["goals"][0]["points"][0]["answer"], "no");
    assert_eq!(again["goals"][0]["points"][2]["answer"], "yes");
    assert!(again["answer"].as_str().expect("a text").starts_with("refused_share < 10% holds at"));
    assert_eq!(again["study"], json(&format!("{TAXI} --out {} --json", plain.display()))["study"]);
}

#[test]
fn a_near_limit_is_undecided_until_there_are_as_many_as_it_says() {
    let folder = Place::new("goal-undecided");
    let command = |count: u64| {
        format!(
            "sweep taxi --rides 60 --fleet 4 --replications {count} --goal refused_share<0.13 \
             --json --out {}",
            folder.join(&count.to_string()).display()
        )
    };
    let few = json(&command(20));
    let point = &few["goals"][0]["points"][0];
    assert_eq!(point["answer"], "undecided", "{few}");
    let needed = point["replications_needed"].as_u64().expect("a number");
    assert!(needed > 20);
    assert!(few["answer"].as_str().expect("a text").contains("is undecided, which about"));
    // It is an estimate: four times as many decide.
    let many = json(&command(4 * needed));
    assert_ne!(many["goals"][0]["points"][0]["answer"], "undecided", "{}", many["answer"]);
}

#[test]
fn goals_without_sense_are_refused_before_anything_is_run() {
    let folder = Place::new("goal-refused");
    let out = folder.join("days");
    let with = |goal: &str| refused(&format!("{TAXI} --out {} --goal {goal}", out.display()));
    assert!(
        with("refused_shar<0.1")
            .contains("--goal 'refused_shar < 0.1': there is no measure refused_shar; there are")
    );
    assert!(with("refused_share<3min").contains("write a number, or a percentage like 2%"));
    assert!(with("ride_time<7km").contains("write a span like 3min, or a number of s"));
    assert!(with("refused_share=0").contains("a mean is practically never equal to a limit"));
    assert!(with("refused_share").contains("write MEASURE, one of < <= > >="));
    assert!(with("refused_share<much").contains("its limit is not a number"));
    assert!(!out.exists(), "nothing was run");
}

#[test]
fn the_page_has_the_answer_and_its_line() {
    let folder = Place::new("goal-page");
    let (out, page) = (folder.join("days"), folder.join("days.html"));
    assert!(run(&format!("{TAXI} --out {}", out.display())).status.success());
    let command = format!("report {} --html {} --goal", out.display(), page.display());
    assert!(run(&format!("{command} refused_share<0.1")).status.success());
    let html = fs::read_to_string(&page).expect("a page");
    assert!(html.contains("<strong>refused_share &lt; 0.1 holds at fleet 5 and fleet 8"));
    assert!(
        html.contains(r#""goals":[{"limit":0.1,"measure":2,"text":"refused_share \u003c 0.1"}]"#)
            || html.contains(r#""goals":[{"limit":0.1,"measure":2,"text":"refused_share < 0.1"}]"#)
    );
    let text = stdout(&run(&format!("report {} --goal refused_share<0.1", out.display())));
    assert!(text.contains("┊ is the limit of refused_share < 0.1"), "{text}");
}

#[test]
fn points_are_ranked_and_what_cannot_be_the_best_is_said() {
    let folder = Place::new("ranked");
    let out = folder.join("days");
    let command = format!("{TAXI} --best min --of refused_share --out {}", out.display());
    let text = stdout(&run(&command));
    assert!(
        text.starts_with("fleet 8 has the lowest refused_share of all 3 points (95 %)."),
        "{text}"
    );
    let told = json(&format!("{command} --json"));
    let ranking = told["best"]["ranking"].as_array().expect("a ranking");
    let points: Vec<u64> = ranking.iter().map(|of| of["point"].as_u64().expect("one")).collect();
    assert_eq!(points, [2, 1, 0]);
    let can_be: Vec<bool> = ranking.iter().map(|of| of["can_be_best"] == true).collect();
    assert_eq!(can_be, [true, false, false]);
    // The same scenarios, compared.
    let compared = json(
        "compare taxi --rides 60 --set fleet=3,5,8 --replications 60 --best min --of refused_share \
         --json",
    );
    for (at, point) in points.iter().enumerate() {
        let scenario = &compared["best"]["scenarios"][*point as usize];
        for name in ["low", "high", "better_by", "can_be_best"] {
            assert_eq!(scenario[name], ranking[at][name], "{name} of {point}");
        }
    }
    assert_eq!(
        compared["answer"],
        "fleet=8 has the lowest refused_share of all 3 scenarios (95 %)."
    );
    let worst =
        json(&format!("{TAXI} --best max --of refused_share --json --out {}", out.display()));
    assert_eq!(worst["best"]["ranking"][0]["point"], 0);
}

#[test]
fn a_choice_goes_on_in_rounds_and_after_an_interruption() {
    let folder = Place::new("chosen");
    // Under two seeds, two taxis have the same mean each, and so do five.
    let of_procedure = |procedure: &str| match procedure {
        "kn" => "--set fleet=2,5 --set seed=1,2",
        _ => "--set fleet=2,3,4,5",
    };
    let command = |procedure: &str, out: &Path| {
        format!(
            "sweep taxi --rides 30 {} --best max --of commission --indifference 0.6 --procedure \
             {procedure} --out {}",
            of_procedure(procedure),
            out.display()
        )
    };
    let out = folder.join("days");
    for procedure in ["kn", "rinott"] {
        let out = out.with_extension(procedure);
        let told = json(&format!("{} --json --threads 1", command(procedure, &out)));
        let chosen = told["best"]["chosen"].as_u64().expect("a point");
        assert!(chosen == 3 || procedure == "kn" && chosen == 2, "{}", told["answer"]);
        let runs = |point: usize| told["points"][point]["replications"].as_u64().expect("a number");
        assert_eq!(runs(0), 20, "what is clearly worse gets no more");
        assert!(runs(3) > 30, "{}", told["answer"]);
        // Again, on more threads, and from the rows alone.
        let other = out.with_extension(format!("{procedure}-threads"));
        let again = json(&format!("{} --json --threads 3", command(procedure, &other)));
        assert_eq!(again, told);
        let report = stdout(&run(&format!("report {}", out.display())));
        assert!(report.starts_with(told["answer"].as_str().expect("a text")), "{report}");
        // A log that ends anywhere, also in the middle of a round, is gone on with to the same files.
        let whole = files(&out);
        let manifest = &whole["manifest.json"];
        let begun = |name: &str, log: &[u8]| {
            let path = folder.join(&format!("{name}-{procedure}"));
            fs::create_dir_all(&path).expect("a folder");
            fs::write(path.join("manifest.json"), manifest).expect("a file");
            fs::write(path.join("rows.log"), log).expect("a file");
            path
        };
        let log = log_of(&folder.join(procedure), manifest, |out| command(procedure, out));
        let rows =
            String::from_utf8_lossy(&log).lines().filter(|line| line.contains(" row ")).count();
        assert!(rows > 4 * 20 + 2 * CUTS, "{rows} rows: the first stage takes 80");
        for part in 1..=CUTS {
            let cut = begun(&part.to_string(), &log[..log.len() * part / CUTS]);
            let output = run(&command(procedure, &cut));
            assert!(output.status.success(), "{}", stderr(&output));
            assert!(files(&cut) == whole, "{procedure}, cut after {part}/{CUTS} of the log");
        }
    }
}

/// In so many places a log is cut, some of them in rounds after the first stage.
const CUTS: usize = 12;

/// The log of a study that did all of its runs, and was stopped before it had written its files.
fn log_of(path: &Path, manifest: &[u8], command: impl Fn(&Path) -> String) -> Vec<u8> {
    fs::create_dir_all(path).expect("a folder");
    fs::write(path.join("manifest.json"), manifest).expect("a file");
    // What fails leaves the log: an error in the last file that is written.
    fs::create_dir(path.join("summary.json.partial")).expect("a folder in the way");
    let output = run(&format!("{} --threads 1", command(path)));
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    fs::read(path.join("rows.log")).expect("a log")
}

#[test]
fn a_choice_of_scenarios_is_made_in_shards_as_on_one_machine() {
    let folder = Place::new("chosen-shards");
    let command = "compare taxi --rides 30 --set fleet=4,5 --best max --of commission \
                   --indifference 0.05 --quiet";
    let whole = run(command);
    assert!(whole.status.success(), "{}", stderr(&whole));
    assert!(stdout(&whole).starts_with("fleet=5 is chosen for the highest commission"));
    let out = folder.join("days");
    for rounds in 1..=20 {
        for part in 1..=3 {
            let shard = run(&format!("{command} --out {} --shard {part}/3", out.display()));
            assert!(shard.status.success(), "{}", stderr(&shard));
        }
        let merged = run(&format!("merge {} --quiet", out.display()));
        if merged.status.success() {
            assert_eq!(stdout(&merged), stdout(&whole));
            assert!(rounds > 1, "one round is no test of rounds");
            return;
        }
        assert_eq!(merged.status.code(), Some(6), "{}", stderr(&merged));
    }
    panic!("it takes too many rounds");
}

#[test]
fn a_choice_that_makes_no_sense_is_refused() {
    let sweep = "sweep taxi --rides 10 --set fleet=2,3";
    for (command, why) in [
        (format!("{sweep} --best max"), "--best needs one --of MEASURE"),
        (format!("{sweep} --of commission"), "--of needs --precision or --best"),
        (format!("{sweep} --of commission --indifference 1"), "--indifference needs --best"),
        (format!("{sweep} --best max --of commission --indifference 0"), "write a number above 0"),
        (format!("{sweep} --best max --of commission --chance 0.9"), "--indifference"),
        (
            format!("{sweep} --best max --of commission --indifference 1 --chance 0.4"),
            "a guess among 2",
        ),
        (
            format!("{sweep} --best max --of commission --indifference 1 --shard 1/2"),
            "cannot be run in parts",
        ),
        (
            "sweep taxi --set seed=1,2 --best max --of commission --indifference 1 --procedure rinott"
                .to_owned(),
            "leave --set seed out",
        ),
        ("sweep taxi --best max --of commission --indifference 1".to_owned(), "vary an option"),
        ("compare taxi --set fleet=2,3 --best max".to_owned(), "--best needs one --of MEASURE"),
        ("compare taxi --set fleet=2,3 --best max --of x --replications 5".to_owned(), "no measure x"),
        (
            "compare taxi --set fleet=2,3 --best max --of refused --against-first".to_owned(),
            "cannot be used with",
        ),
    ] {
        let told = refused(&command);
        assert!(told.contains(why), "{command}: {told}");
    }
}

#[test]
fn too_few_replications_choose_nothing() {
    let folder = Place::new("chosen-nothing");
    let told = json(&format!(
        "sweep taxi --rides 30 --set fleet=5,6 --best max --of commission --indifference 0.0001 \
         --most 25 --json --out {}",
        folder.join("days").display()
    ));
    assert_eq!(told["best"]["chosen"], Value::Null);
    assert!(told["answer"].as_str().expect("a text").starts_with("nothing is chosen"), "{told}");
}

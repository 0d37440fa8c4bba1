use xtask::generate::*;
fn main() -> anyhow::Result<()> {
    let t = std::time::Instant::now();
    let doc = load::load("openapi/harness.json".as_ref())?;
    let fixes = fix::FixSet::load("openapi/fixes".as_ref())?;
    let (json, _) = fix::apply(doc.json, &fixes)?;
    let map = partition::map::ModuleMap::load("openapi/modules.toml".as_ref())?;
    let names = if std::path::Path::new("openapi/names.toml").exists() {lower::names::Names::load("openapi/names.toml".as_ref())?} else {lower::names::Names::empty()};
    let lowered = lower::lower(&json, &map, &names, false)?;
    eprintln!("lowered {:?} {} types {} losses", t.elapsed(), lowered.types.len(), lowered.losses.len());
    for l in &lowered.losses { eprintln!("{l:?}"); }
    let p = partition::partition(&lowered, &map);
    let mut files = vec![];
    for part in &p.parts { files.push(progenitor::run(&lowered, part)?); }
    let api = refine::refine(&lowered, &p, &files)?;
    eprintln!("refined {:?} {}", t.elapsed(), api.types.len());
    let origin = emit::Origin { command: "cargo xtask generate".into(), description: doc.name, sha256: doc.sha256 };
    for (base, files) in [("harness-api/src/generated", emit::client(&api, &origin)?), ("tests/src/generated", emit::for_tests(&api, &origin)?)] {
        std::fs::remove_dir_all(base).ok();
        let mut n = 0;
        for (p, text) in files { let p = std::path::Path::new(base).join(p); std::fs::create_dir_all(p.parent().unwrap())?; n += text.lines().count(); std::fs::write(p, text)?; }
        eprintln!("{base} {n} lines");
    }
    eprintln!("emitted {:?}", t.elapsed());
    Ok(())
}

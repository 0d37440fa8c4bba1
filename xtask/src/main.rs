use xtask::generate::*;
fn main() -> anyhow::Result<()> {
    let t = std::time::Instant::now();
    let doc = load::load("openapi/harness.json".as_ref())?;
    let fixes = fix::FixSet::load("openapi/fixes".as_ref())?;
    let (json, _) = fix::apply(doc.json, &fixes)?;
    let map = partition::map::ModuleMap::load("openapi/modules.toml".as_ref())?;
    let names = lower::names::Names::empty();
    eprintln!("{:?}", t.elapsed());
    let lowered = lower::lower(&json, &map, &names, false)?;
    eprintln!("lowered {:?} {} types {} losses", t.elapsed(), lowered.types.len(), lowered.losses.len());
    let p = partition::partition(&lowered, &map);
    eprintln!("part {:?}", t.elapsed());
    let mut files = vec![];
    for part in &p.parts { files.push(progenitor::run(&lowered, part)?); eprintln!("{} {:?}", part.name, t.elapsed()); }
    let api = refine::refine(&lowered, &p, &files)?;
    eprintln!("refined {:?} {}", t.elapsed(), api.types.len());
    Ok(())
}

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use super::{Ext, Source};

const BUILDER: &str = "
    pub struct Project { pub(crate) scope: Scope }
    pub struct Account { pub(crate) scope: Scope }
    macro_rules! request { ($name:ident($raw:ty) -> $out:ty) => { pub struct $name { raw: $raw } }; }
";

const WIDGETS: &str = "
    use harness_api::widgets::{self as raw, types};

    levels! {
        /// The widgets.
        widgets -> Widgets on Account Project
    }

    macro_rules! on_levels { ($($level:ident)+) => {$(
        impl $level {
            pub fn widget(&self, id: impl Into<String>) -> Widget { Widget { id: id.into() } }
        }
    )+}; }
    on_levels!(Account Project);

    pub struct Widgets { scope: Scope }
    impl Widgets {
        /// ```
        /// widgets.delete_widget_group();
        /// ```
        pub fn list(&self) -> ListWidgets { ListWidgets::new(self.scope.raw().widgets().get_widget_list()) }
        pub fn create(&self, name: &str) -> CreateWidget { self.begin(name) }
        pub fn save(&self, widget: types::WidgetDetails) -> SaveWidget { todo!() }
        fn begin(&self, name: &str) -> CreateWidget { todo!() }
    }

    list! {
        ListWidgets(raw::GetWidgetList) -> types::WidgetSummary;
        color(impl Into<types::Color>) => color;
    }

    pub struct CreateWidget { body: types::WidgetRequest }
    impl CreateWidget {
        pub fn color(mut self, color: types::Color) -> Self { self.body.color = Some(color); self }
        async fn run(self) -> Result<Widget> {
            let answer = self.scope.raw().widgets().post_widget(&self.body).send().await?;
            named(answer)
        }
    }
    fn named(answer: Response<types::Envelope>) -> Result<Widget> { todo!() }

    put! { SaveWidget(put_widget_v2(WidgetUpdate)) }
    macro_rules! put { ($name:ident($call:ident($body:ident))) => {
        pub struct $name { body: types::$body }
        impl $name { async fn run(self) { self.scope.raw().widgets().$call(self.body); ping(); } }
    }; }
    async fn ping() { client.raw().widgets().widget_ping(); }

    pub struct Widget { id: String }
    impl Widget {
        pub fn parts(&self) -> Parts { Parts { widget: self.clone() } }
        pub fn get(&self) -> GetWidget { GetWidget { raw: api.get_widget(&self.id) } }
    }
    request! { GetWidget(raw::GetWidget) -> types::WidgetDetails }
    impl GetWidget {
        pub fn start(self) -> StartWidget { StartWidget::new(self.raw) }
    }
    pub struct StartWidget(raw::StartWidget);

    pub struct Parts { widget: Widget }
    impl Parts {
        pub fn first(&self) -> Option<Part> { None }
        pub fn watch(&self) -> Watch<PartSubject> { Watch::new(PartSubject { widget: self.widget.clone() }) }
    }
    pub struct Part { id: String }
    impl Part { pub fn rename(&self) -> () { api.rename_part(&self.id) } }
    pub struct PartSubject { widget: Widget }
    impl Observe for PartSubject {
        type State = types::PartState;
        fn observe(&self) { self.widget.get() }
    }
    #[cfg(test)]
    mod tests { pub fn helper() { api.delete_widget_group() } }
";

fn ext() -> Ext {
    let mut source = Source::default();
    for (number, (path, text)) in [
        ("scope.rs", BUILDER),
        ("resources/widgets/mod.rs", WIDGETS),
        // Another module has an operation and a type of the same names.
        (
            "resources/gadgets/mod.rs",
            "levels! { gadgets -> Gadgets on Account } pub struct Gadgets; impl Gadgets {
                pub fn get(&self) -> types::Color { self.scope.raw().gadgets().get_gadget() } }",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        source.add(number, Path::new(path), text).unwrap();
    }
    Ext::of(&source)
}

/// Returns the methods that use a name of a module.
fn users(ext: &Ext, module: &str, name: &str) -> Vec<String> {
    let key = (module.to_owned(), name.to_owned());
    let using = ext.0.iter().filter(|method| method.names.contains(&key));
    using
        .map(|method| format!("{}.{}", method.handle, method.call))
        .collect()
}

/// Returns the methods that show a type of a module.
fn showing(ext: &Ext, module: &str, name: &str) -> Vec<String> {
    let key = (module.to_owned(), name.to_owned());
    let showing = ext.0.iter().filter(|method| method.shown.contains(&key));
    showing
        .map(|method| format!("{}.{}", method.handle, method.call))
        .collect()
}

#[test]
fn operations_are_followed_to_the_methods_that_users_call() {
    let ext = ext();
    let list = ["project.widgets().list()"];
    assert_eq!(users(&ext, "widgets", "get_widget_list"), list);
    assert_eq!(users(&ext, "widgets", "GetWidgetList"), list);
    let create = ["project.widgets().create(..)"];
    assert_eq!(users(&ext, "widgets", "post_widget"), create);
    let save = ["project.widgets().save(..)"];
    assert_eq!(users(&ext, "widgets", "put_widget_v2"), save);
    assert_eq!(users(&ext, "widgets", "widget_ping"), save);
    assert_eq!(
        users(&ext, "widgets", "get_widget"),
        [
            "project.widget(..).get()",
            "project.widget(..).parts().watch()"
        ]
    );
    let start = "project.widget(..).get().start()";
    assert!(users(&ext, "widgets", "StartWidget").contains(&start.to_owned()));
    assert_eq!(
        users(&ext, "widgets", "rename_part"),
        ["project.widget(..).parts().first().rename()"]
    );
    // Neither docs nor tests count, nor does what has the same name elsewhere.
    assert!(users(&ext, "widgets", "delete_widget_group").is_empty());
    assert_eq!(
        users(&ext, "gadgets", "get_gadget"),
        ["account.gadgets().get()"]
    );
    assert!(users(&ext, "gadgets", "get_widget").is_empty());
}

#[test]
fn types_in_signatures_are_told_from_those_within() {
    let ext = ext();
    let both = ["project.widgets().create(..)", "project.widgets().list()"];
    assert_eq!(showing(&ext, "widgets", "Color"), both);
    assert_eq!(
        showing(&ext, "gadgets", "Color"),
        ["account.gadgets().get()"]
    );
    assert_eq!(
        showing(&ext, "widgets", "WidgetSummary"),
        ["project.widgets().list()"]
    );
    assert_eq!(
        showing(&ext, "widgets", "PartState"),
        ["project.widget(..).parts().watch()"]
    );
    for inner in ["WidgetRequest", "Envelope"] {
        assert_eq!(
            users(&ext, "widgets", inner),
            ["project.widgets().create(..)"]
        );
        assert!(showing(&ext, "widgets", inner).is_empty(), "{inner}");
    }
}

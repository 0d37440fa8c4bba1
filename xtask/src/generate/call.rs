//! How each operation is called in Rust: the one description from which its request builder, its documentation, its calls
//! in tests and benchmarks, its line in the index and its signature in reports are written.

use std::collections::BTreeSet;

use heck::{ToPascalCase, ToShoutySnakeCase};

use super::{
    api::{Api, Body, Location, Operation, Param, Ty},
    diagnostics::Diagnostics,
    reserved::ident,
};

/// How an operation is called.
#[derive(Clone, Debug, Default)]
pub struct Call {
    /// The type of the request.
    pub request: String,
    /// The static that describes the operation.
    pub entry: String,
    /// What is given for each parameter, in their order.
    pub arguments: Vec<Argument>,
    /// The methods of the module's handle that begin a request. The first is the usual one, others take the body in
    /// another form.
    pub methods: Vec<Method>,
    /// The setters of a body that may be left out.
    pub bodies: Vec<BodyForm>,
}

/// What is given for a parameter.
#[derive(Clone, Debug)]
pub struct Argument {
    /// The name of the argument or of the setter.
    pub name: String,
    /// What it is.
    pub kind: Kind,
}

/// What kind of value is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// An integer.
    Int,
    /// A number.
    Number,
    /// A boolean.
    Bool,
    /// A point in time.
    Time,
    /// A value of this enum.
    Enum(Ty),
    /// Several texts.
    Texts,
    /// Several integers.
    Ints,
    /// Several values of this enum.
    Enums(Ty),
    /// A reference to a value that is written as JSON.
    Object(Ty),
    /// A slice of values that are written as JSON.
    Objects(Ty),
    /// A file.
    File,
}

/// A method that begins a request.
#[derive(Clone, Debug)]
pub struct Method {
    /// The end of the name that says how the body is given.
    pub suffix: &'static str,
    /// Its name.
    pub name: String,
    /// The parameters that are arguments, by position.
    pub params: Vec<usize>,
    /// The form of the body that is an argument.
    pub body: Option<BodyForm>,
    /// Whether it begins a multipart form.
    pub is_form: bool,
}

/// A form in which a body is given.
#[derive(Clone, Debug)]
pub struct BodyForm {
    /// The end of the names of what takes it; empty for the first form.
    pub suffix: &'static str,
    /// The content type.
    pub media: String,
    /// What is given.
    pub content: Content,
}

/// What is given as a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A value of this type, written as JSON.
    Json(Ty),
    /// Text, as it is sent.
    Text,
    /// Bytes, as they are sent.
    Bytes,
}

/// Describes the calls of all operations.
pub(super) fn describe(api: &mut Api, diagnostics: &mut Diagnostics) {
    let Api { modules, types, .. } = api;
    let is_enum = |ty: &Ty| match ty {
        Ty::Named(key) => types.get(key).is_some_and(|ty| ty.is_enum()),
        _ => false,
    };
    for module in modules {
        let names = module.operations.iter().map(|it| it.name.clone());
        let mut taken: BTreeSet<String> = names.collect();
        let mut requests = BTreeSet::new();
        for operation in &mut module.operations {
            let call = Call::of(operation, &is_enum, &mut taken);
            if !requests.insert(call.request.clone()) {
                let message = format!("two request builders are called {}", call.request);
                diagnostics.error(format!("operation {}", operation.id), message);
            }
            operation.call = call;
        }
    }
}

/// What the files of operations call by these names themselves.
const TAKEN: [&str; 7] = [
    "Api",
    "Into",
    "IntoIterator",
    "Option",
    "Self",
    "String",
    "Vec",
];

impl Call {
    fn of(
        operation: &Operation,
        is_enum: &dyn Fn(&Ty) -> bool,
        taken: &mut BTreeSet<String>,
    ) -> Self {
        let mut request = operation.name.to_pascal_case();
        if TAKEN.contains(&request.as_str()) {
            request += "Request";
        }
        let arguments = operation.params.iter().map(|param| Argument {
            name: ident(&param.ident),
            kind: Kind::of(param, is_enum),
        });
        let body = operation.body.as_ref();
        let forms = body.map(BodyForm::of).unwrap_or_default();
        let mut methods: Vec<Method> = Vec::new();
        let mut begin = |suffix: &'static str, body: Option<&BodyForm>, is_form: bool| {
            let mut name = format!("{}{suffix}", operation.name);
            // Unless that would be the name of another operation.
            while !suffix.is_empty() && !taken.insert(name.clone()) {
                name += "_body";
            }
            let is_argument =
                |param: &Param| param.required && (param.location != Location::Form || is_form);
            let params = operation.params.iter().enumerate();
            let params = params.filter(|(_, param)| is_argument(param));
            methods.push(Method {
                suffix,
                name: ident(&name),
                params: params.map(|(index, _)| index).collect(),
                body: body.cloned(),
                is_form,
            });
        };
        let takes_form = body.is_some_and(|body| body.form);
        let is_required = body.is_some_and(|body| body.required);
        let mut begun = !forms.is_empty();
        if is_required {
            forms
                .iter()
                .for_each(|form| begin(form.suffix, Some(form), false));
        } else if begun || !takes_form {
            begin("", None, false);
            begun = true;
        }
        if takes_form {
            begin(if begun { "_form" } else { "" }, None, true);
        } else if !begun {
            begin("", None, false);
        }
        Self {
            request: ident(&request),
            entry: operation.name.to_shouty_snake_case(),
            arguments: arguments.collect(),
            methods,
            bodies: if is_required { Vec::new() } else { forms },
        }
    }

    /// Returns the method that begins a request with a multipart form.
    pub fn form(&self) -> Option<&Method> {
        self.methods.iter().find(|method| method.is_form)
    }

    /// Returns the parameters that are set, by position.
    pub fn setters<'o>(
        &'o self,
        operation: &'o Operation,
    ) -> impl Iterator<Item = (usize, &'o Param, &'o Argument)> {
        let params = operation.params.iter().zip(&self.arguments).enumerate();
        params
            .filter(|(_, (param, _))| !param.required)
            .map(|(index, (param, argument))| (index, param, argument))
    }

    /// Returns the methods with the names of their arguments, as a reader writes them.
    pub fn statements(&self) -> Vec<String> {
        let statements = self.methods.iter().map(|method| {
            let argument = |name: &str, by_reference: bool| {
                let by = if by_reference { "&" } else { "" };
                format!("{by}{name}")
            };
            let params = method.params.iter().map(|&index| {
                let Argument { name, kind } = &self.arguments[index];
                argument(name, matches!(kind, Kind::Object(_) | Kind::Objects(_)))
            });
            let body = method.body.iter();
            let body = body.map(|form| argument("body", form.content.is_reference()));
            let arguments: Vec<String> = params.chain(body).collect();
            format!("{}({})", method.name, arguments.join(", "))
        });
        statements.collect()
    }
}

impl Kind {
    fn of(param: &Param, is_enum: &dyn Fn(&Ty) -> bool) -> Self {
        let Some(ty) = &param.ty else {
            return Self::File;
        };
        match ty {
            Ty::Str => Self::Text,
            Ty::Int => Self::Int,
            Ty::Float => Self::Number,
            Ty::Bool => Self::Bool,
            Ty::Time => Self::Time,
            Ty::Named(_) if is_enum(ty) => Self::Enum(ty.clone()),
            Ty::List(item) => match &**item {
                Ty::Str => Self::Texts,
                Ty::Int => Self::Ints,
                item if is_enum(item) => Self::Enums(item.clone()),
                item => Self::Objects(item.clone()),
            },
            Ty::Named(_) | Ty::Map(_) | Ty::Json => Self::Object(ty.clone()),
        }
    }
}

impl BodyForm {
    /// Returns the forms of a body: JSON first, then one for each kind of text or bytes.
    fn of(body: &Body) -> Vec<Self> {
        let json = body.json.iter().map(|ty| Self {
            suffix: "",
            media: "application/json".to_owned(),
            content: Content::Json(ty.clone()),
        });
        let mut forms: Vec<Self> = json.collect();
        let mut seen = BTreeSet::new();
        for media in body.media.iter().filter(|it| *it != "application/json") {
            let suffix = match media.split(';').next().unwrap_or_default() {
                "application/yaml" | "application/x-yaml" => "_yaml",
                "text/yaml" => "_text_yaml",
                "text/plain" => "_text",
                "text/html" => "_html",
                "application/octet-stream" => "_bytes",
                "application/xml" | "text/xml" => "_xml",
                "application/x-www-form-urlencoded" => "_urlencoded",
                _ => "_other",
            };
            let is_text = media.starts_with("text/")
                || ["yaml", "xml", "json", "urlencoded"]
                    .iter()
                    .any(|end| media.ends_with(end));
            if seen.insert(suffix) {
                forms.push(Self {
                    suffix: if forms.is_empty() { "" } else { suffix },
                    media: media.clone(),
                    content: if is_text {
                        Content::Text
                    } else {
                        Content::Bytes
                    },
                });
            }
        }
        forms
    }
}

impl Content {
    /// Returns whether a reference is passed.
    pub fn is_reference(&self) -> bool {
        matches!(self, Self::Json(ty) if !matches!(ty, Ty::Int | Ty::Float | Ty::Bool))
    }
}

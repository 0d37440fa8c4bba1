//! The file store of an account, an organization or a project.

use harness_api::platform::{self as raw, types};
use harness_api::{ByteStream, CallOptions, Configure, FilePart};

use crate::error::Result;
use crate::resources::builder::{done, levels, list, member, request, sendable, whole};
use crate::scope::Scope;

levels! {
    /// The file store at this level.
    file_store -> FileStore on Account Org Project
}

/// The folder that all others are in.
const ROOT: &str = "Root";

/// Files and folders at one level, which pipelines read.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// use harness_api_ext::raw::FilePart;
///
/// let store = harness.org("default").project("checkout").file_store();
/// store.create_folder("manifests", "manifests").await?;
/// let file = FilePart::path("deploy/values.yaml").mime("application/yaml");
/// store.create_file("values", "values.yaml", file).inside("manifests").usage("MANIFEST_FILE").await?;
/// store.download("values").await?.write_to("copy.yaml").await?;
/// let folder = store.folder("manifests", "manifests").await?;
/// println!("{:?}", folder.children.map(|files| files.len()));
/// let mut file = store.get("values").await?;
/// file.description = Some("Values of the chart".into());
/// store.update(file).await?;
/// store.delete("values").await?;
/// println!("{} files", store.list().collect_all().await?.len());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct FileStore {
    scope: Scope,
}

impl FileStore {
    /// Files and folders, at any depth.
    pub fn list(&self) -> ListFiles {
        let api = self.scope.raw().platform();
        ListFiles::new(
            self.scope
                .on(api.list_files_and_folders(self.scope.account())),
        )
    }

    /// What is known of a file or folder.
    pub fn get(&self, id: impl Into<String>) -> GetFile {
        let api = self.scope.raw().platform();
        GetFile::new(self.scope.on(api.get_file(id, self.scope.account())))
    }

    /// A folder with what is directly in it, as its `children`. The outermost folder is `Root`.
    pub fn folder(&self, id: impl Into<String>, name: impl Into<String>) -> GetFolder {
        let node = types::FolderNode {
            identifier: Some(id.into()),
            name: Some(name.into()),
            type_: Some(types::FolderNodeType::Folder),
            ..Default::default()
        };
        let api = self.scope.raw().platform();
        GetFolder::new(
            self.scope
                .on(api.get_folder_nodes(self.scope.account(), &node)),
        )
    }

    /// The content of a file, as it arrives.
    pub fn download(&self, id: impl Into<String>) -> DownloadFile {
        let api = self.scope.raw().platform();
        DownloadFile::new(self.scope.on(api.download_file(id, self.scope.account())))
    }

    /// A new file, in the outermost folder unless [`inside`](CreateFile::inside) says otherwise.
    pub fn create_file(
        &self,
        id: impl Into<String>,
        name: impl Into<String>,
        content: FilePart,
    ) -> CreateFile {
        let mut file = self.new_file(id.into(), name.into(), types::FileType::File);
        file.content = Some(content);
        file
    }

    /// A new folder, in the outermost one unless [`inside`](CreateFile::inside) says otherwise.
    pub fn create_folder(&self, id: impl Into<String>, name: impl Into<String>) -> CreateFile {
        self.new_file(id.into(), name.into(), types::FileType::Folder)
    }

    fn new_file(&self, id: String, name: String, kind: types::FileType) -> CreateFile {
        CreateFile {
            scope: self.scope.naming("file identifier", &id),
            file: types::File {
                identifier: Some(id),
                name: Some(name),
                parent_identifier: Some(ROOT.to_owned()),
                type_: Some(kind),
                ..Default::default()
            },
            content: None,
            options: CallOptions::default(),
        }
    }

    /// Puts this in place of what is known of the file or folder with its identifier: begin with what
    /// [`get`](Self::get) gives. The content is sent by [`content`](UpdateFile::content).
    pub fn update(&self, file: types::File) -> UpdateFile {
        UpdateFile {
            scope: self.scope.clone(),
            file,
            content: None,
            options: CallOptions::default(),
        }
    }

    /// Deletes a file or a folder.
    pub fn delete(&self, id: impl Into<String>) -> DeleteFile {
        let api = self.scope.raw().platform();
        DeleteFile::new(self.scope.on(api.delete_file(self.scope.account(), id)))
    }
}

list! {
    /// A list of files and folders: `GET /ng/api/file-store`.
    ListFiles(raw::ListFilesAndFolders) -> types::File;
    /// Those whose name, identifier or tags hold this text.
    search(impl Into<String>) => search_term;
    /// Those with these identifiers.
    identifiers(impl IntoIterator<Item = impl Into<String>>) => identifiers;
}

request! {
    /// Reads what is known of a file or folder: `GET /ng/api/file-store/{identifier}`.
    GetFile(raw::GetFile) -> types::File = .data;
}

request! {
    /// Reads a folder: `POST /ng/api/file-store/folder`.
    GetFolder(raw::GetFolderNodes) -> types::FolderNode = .data;
}

request! {
    /// Downloads a file: `GET /ng/api/file-store/files/{identifier}/download`.
    DownloadFile(raw::DownloadFile) -> ByteStream = whole;
}

request! {
    /// Deletes a file or folder: `DELETE /ng/api/file-store/{identifier}`.
    DeleteFile(raw::DeleteFile) -> () = done;
    /// Deletes it even where it is referred to, when the account allows that.
    force(bool) => force_delete;
}

/// The parts of the form that hold what is known of a file, without its content.
struct Form {
    id: String,
    name: String,
    parent: String,
    kind: String,
    description: Option<String>,
    usage: Option<String>,
    mime: Option<String>,
    /// As JSON.
    tags: Option<String>,
}

impl Form {
    fn new(file: types::File) -> Self {
        let kind = file.type_.unwrap_or(types::FileType::File);
        Self {
            id: file.identifier.unwrap_or_default(),
            name: file.name.unwrap_or_default(),
            parent: file.parent_identifier.unwrap_or_else(|| ROOT.to_owned()),
            kind: kind.as_str().to_owned(),
            description: file.description,
            usage: file.file_usage,
            mime: file.mime_type,
            tags: file.tags.and_then(|tags| serde_json::to_string(&tags).ok()),
        }
    }
}

/// Sets the parts that a form may have, on the request of either operation.
macro_rules! set_parts {
    ($request:ident, $form:ident) => {
        if let Some(text) = $form.description {
            $request = $request.description(text);
        }
        if let Some(usage) = $form.usage {
            $request = $request.file_usage(usage);
        }
        if let Some(mime) = $form.mime {
            $request = $request.mime_type(mime);
        }
        if let Some(tags) = $form.tags {
            $request = $request.tags(tags);
        }
    };
}

/// Creates a file or a folder: `POST /ng/api/file-store`, as a form.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CreateFile {
    scope: Scope,
    file: types::File,
    content: Option<FilePart>,
    options: CallOptions,
}

impl CreateFile {
    /// The identifier of the folder that it is in.
    pub fn inside(mut self, folder: impl Into<String>) -> Self {
        let folder = folder.into();
        self.scope = self.scope.naming("identifier of the folder", &folder);
        self.file.parent_identifier = Some(folder);
        self
    }

    /// What it is for.
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.file.description = Some(text.into());
        self
    }

    /// One tag more. A tag without a value has an empty one.
    pub fn tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.file.tags.get_or_insert_default().push(types::NgTag {
            key: Some(key.into()),
            value: value.into().into(),
            ..Default::default()
        });
        self
    }

    /// What the file is used as: `MANIFEST_FILE`, `CONFIG` or `SCRIPT`.
    pub fn usage(mut self, usage: impl Into<String>) -> Self {
        self.file.file_usage = Some(usage.into());
        self
    }

    /// The media type under which it is kept.
    pub fn mime_type(mut self, mime: impl Into<String>) -> Self {
        self.file.mime_type = Some(mime.into());
        self
    }

    async fn run(self) -> Result<types::File> {
        let form = Form::new(self.file);
        let mut request = self
            .scope
            .raw()
            .platform()
            .file_store_create(self.scope.account(), form.name, form.parent, form.kind)
            .identifier(form.id)
            .with_options(self.options);
        if let Some(content) = self.content {
            request = request.content(content);
        }
        set_parts!(request, form);
        member(self.scope.on(request).send().await?, |answer| answer.data)
    }
}

sendable!(CreateFile -> types::File);

/// Replaces what is known of a file or folder, and its content when it is given:
/// `PUT /ng/api/file-store/{identifier}`, as a form.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct UpdateFile {
    scope: Scope,
    file: types::File,
    content: Option<FilePart>,
    options: CallOptions,
}

impl UpdateFile {
    /// The new content.
    pub fn content(mut self, content: FilePart) -> Self {
        self.content = Some(content);
        self
    }

    async fn run(self) -> Result<types::File> {
        let form = Form::new(self.file);
        let mut request = self
            .scope
            .raw()
            .platform()
            .file_store_update(
                self.scope.account(),
                &*form.id,
                &*form.id,
                form.name,
                form.parent,
                form.kind,
            )
            .with_options(self.options);
        if let Some(content) = self.content {
            request = request.content(content);
        }
        set_parts!(request, form);
        member(self.scope.on(request).send().await?, |answer| answer.data)
    }
}

sendable!(UpdateFile -> types::File);

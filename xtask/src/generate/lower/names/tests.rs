use super::super::unique::{Kind, try_unique as unique};
use super::*;
use crate::generate::{
    Workspace,
    openapi::{self, Operation},
};

fn operation(module: &str, tag: &str, id: &str) -> String {
    Names::empty().operation(module, tag, id)
}

#[test]
fn operations_are_in_snake_case() {
    for (id, want) in [
        ("listPipelines", "list_pipelines"),
        ("create-organization", "create_organization"),
        ("get providers", "get_providers"),
        ("list_modules-by-account", "list_modules_by_account"),
        ("getDefaultIDPsAndSLOs", "get_default_idps_and_slos"),
        ("getK8sMeta", "get_k8s_meta"),
        ("get /pets/{id}", "get_pets_id"),
    ] {
        assert_eq!(operation("m", "T", id), want, "{id}");
    }
}

#[test]
fn a_service_before_a_hash_is_dropped_where_the_rest_says_enough() {
    let id = "Target Variants#FindTargetVariantById";
    assert_eq!(
        operation("sto", "Target Variants", id),
        "find_target_variant_by_id"
    );
    assert_eq!(operation("sto", "System", "System#health"), "system_health");
    assert_eq!(
        operation("policy", "evaluate", "evaluate#evaluate"),
        "evaluate"
    );
}

#[test]
fn a_grpc_service_is_a_prefix_and_its_noun_stands_once() {
    for (id, want) in [
        (
            "AgentServiceForServer_GetDeployYaml",
            "agent_get_deploy_yaml",
        ),
        ("AgentProjectService_List", "agent_project_list"),
        (
            "AgentRepositoryService_ListRepositories",
            "agent_repository_list",
        ),
        (
            "ApplicationSetService_GetApplicationSetTemplate",
            "application_set_get_template",
        ),
        ("AgentClusterService_Cluster", "agent_cluster_cluster"),
        ("Cost_detail", "cost_detail"),
    ] {
        assert_eq!(operation("gitops", "T", id), want, "{id}");
    }
}

#[test]
fn words_without_meaning_are_left_out() {
    for (module, id, want) in [
        ("pipeline", "importPipeline_1", "import_pipeline"),
        ("dbops", "V1ListProjDbSchema", "list_proj_db_schema"),
        ("cd", "get-v1-releaseDetails", "get_release_details"),
        ("har", "CreateRequestV1", "create_request_v1"),
        ("dbops", "V2ListProjDbSchema", "v2_list_proj_db_schema"),
        ("ssca", "sscaLicenseUsage", "license_usage"),
        ("access_control", "access-control-list-get", "list_get"),
        // A single word would be left.
        ("chaos", "chaosList", "chaos_list"),
    ] {
        assert_eq!(operation(module, "T", id), want, "{id}");
    }
}

#[test]
fn a_single_word_is_qualified_by_the_tag() {
    assert_eq!(operation("m", "User Groups", "list"), "user_groups_list");
    assert_eq!(operation("m", "list", "list"), "list");
}

#[test]
fn every_operation_has_a_usable_name() {
    for (id, want) in [
        ("", "operation"),
        ("日本", "operation"),
        ("2fa-reset", "op_2fa_reset"),
        ("type", "type_"),
        ("Self", "self_"),
    ] {
        assert_eq!(operation("m", "", id), want, "{id}");
    }
}

#[test]
fn types_are_in_a_pascal_case_that_stays() {
    for (schema, want) in [
        ("types.Infra", "Infra"),
        ("github_com_some_model.FooBar", "FooBar"),
        ("Pet.v2", "PetV2"),
        ("V1JSON", "V1json"),
        ("ResponseDTOPageResponseUser", "ResponseDtoPageResponseUser"),
        ("EntityResponse_sto_details", "EntityResponseStoDetails"),
        ("ChaosChaosHub", "ChaosHub"),
        ("SLOsDashboard", "SlosDashboard"),
        ("lower-case", "LowerCase"),
        ("2Fa", "N2fa"),
        ("Option", "OptionModel"),
        ("self", "SelfModel"),
        ("", "Unnamed"),
    ] {
        let name = Names::empty().type_name(schema);
        assert_eq!(name, want, "{schema}");
        assert_eq!(name.to_pascal_case(), name, "{schema}");
    }
}

#[test]
fn inline_names_do_not_repeat_words() {
    let inline = |parent, member| Names::empty().inline(parent, member);
    assert_eq!(inline("PipelineInfo", "storeType"), "PipelineInfoStoreType");
    assert_eq!(
        inline("ConnectorInfo", "connectorInfoType"),
        "ConnectorInfoType"
    );
    assert_eq!(inline("SavedFilter", "filter_type"), "SavedFilterType");
    assert_eq!(inline("PipelineStatus", "status"), "PipelineStatusValue");
    assert_eq!(inline("Pet", "$gt"), "PetGt");
}

#[test]
fn the_table_comes_first() {
    let names = Names::parse(
        r#"
        joined_words = ["GraphQL"]
        [services]
        FooService = ""
        "Data Frontend" = "data"
        [operations]
        "get-pipeline" = "get_pipeline_v1"
        [types]
        "v1.Thing" = "OldThing"
        [inline]
        "Pet.kind" = "Species"
        "#,
    )
    .unwrap();
    assert_eq!(names.operation("m", "T", "get-pipeline"), "get_pipeline_v1");
    assert_eq!(names.operation("m", "T", "getPipeline"), "get_pipeline");
    assert_eq!(
        names.operation("m", "T", "FooService_ListBars"),
        "list_bars"
    );
    assert_eq!(
        names.operation("m", "T", "Data Frontend#ListBars"),
        "data_list_bars"
    );
    assert_eq!(names.operation("m", "T", "queryGraphQL"), "query_graphql");
    assert_eq!(names.operation("m", "T", "GraphQLer"), "graph_q_ler");
    assert_eq!(names.type_name("v1.Thing"), "OldThing");
    assert_eq!(names.inline("Pet", "kind"), "Species");

    let ids = [
        "get-pipeline",
        "FooService_ListBars",
        "Data Frontend#ListBars",
    ];
    assert!(names.unused(ids, ["v1.Thing"], ["Pet.kind"]).is_ok());
    let error = names
        .unused(["getPipeline"], [], [])
        .unwrap_err()
        .to_string();
    for entry in [
        "FooService",
        "Data Frontend",
        "get-pipeline",
        "v1.Thing",
        "Pet.kind",
    ] {
        assert!(
            error.contains(&format!("{entry:?} no longer applies")),
            "{error}"
        );
    }
}

#[test]
fn faulty_tables_are_refused() {
    for text in [
        "[operation]\n",
        "[operations]\na = \"type\"\n",
        "[operations]\na = \"listX\"\n",
        "[operations]\na = \"\"\n",
        "[types]\na = \"V1JSON\"\n",
        "[types]\na = \"Option\"\n",
        "[inline]\n\"A.b\" = \"a_b\"\n",
        "[services]\nA = \"aB\"\n",
    ] {
        assert!(Names::parse(text).is_err(), "{text}");
    }
}

/// Returns the table, all operations as module, tag and id, and all schema keys of the vendored description.
fn description() -> (Names, Vec<[String; 3]>, Vec<String>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let workspace = Workspace::load(root).unwrap().fixed().unwrap();
    let document = &workspace.pipeline.document;
    let ops = openapi::operations(document).map(|operation| {
        let module = workspace.tables.map.place(&operation).unwrap();
        [module, operation.tags[0], &operation.id].map(str::to_owned)
    });
    let ops = ops.collect();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let schemas = schemas.keys().cloned().collect();
    (workspace.tables.names, ops, schemas)
}

#[test]
fn every_entry_of_the_table_is_needed() {
    let (names, ops, schemas) = description();
    // Which inline types there are is known to lowering only.
    let inline: Vec<_> = names.inline.keys().map(String::as_str).collect();
    let ids = ops.iter().map(|[_, _, id]| id.as_str());
    names
        .unused(ids, schemas.iter().map(String::as_str), inline)
        .unwrap();

    let rules = Names {
        operations: BTreeMap::new(),
        types: BTreeMap::new(),
        ..names.clone()
    };
    let types = names
        .types
        .iter()
        .filter(|(key, name)| rules.type_name(key) == **name);
    let same: Vec<_> = ops
        .iter()
        .filter(|[module, tag, id]| {
            names.operations.get(id) == Some(&rules.operation(module, tag, id))
        })
        .map(|[_, _, id]| id)
        .chain(types.map(|(key, _)| key))
        .collect();
    assert!(same.is_empty(), "the rules say the same: {same:?}");
}

#[test]
fn every_type_of_the_description_has_its_own_lasting_name() {
    let (names, _, schemas) = description();
    // The exact number is for the lock file and the fixes to say.
    assert!(schemas.len() > 4_000);
    let chosen: Vec<_> = schemas
        .iter()
        .map(|key| (names.type_name(key), key.clone()))
        .collect();
    unique(Kind::Types, &chosen, true).unwrap();
    for (name, key) in &chosen {
        assert_eq!(name.to_pascal_case(), *name, "{key}");
        assert_eq!(type_name(name.clone()), *name, "{key}");
        let words = name.to_snake_case();
        let words: Vec<_> = words.split('_').collect();
        assert!(
            words.windows(2).all(|pair| pair[0] != pair[1]),
            "{key}: {name}"
        );
    }
}

#[test]
fn every_operation_of_the_description_has_its_own_lasting_name() {
    let (names, ops, _) = description();
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/harness.lock.toml");
    assert_eq!(
        ops.len(),
        crate::generate::lock::Lock::read(&lock).unwrap().operations
    );
    let mut modules: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for [module, tag, id] in &ops {
        let name = names.operation(module, tag, id);
        assert_eq!(name.to_snake_case(), name, "{id}");
        modules.entry(module).or_default().push((name, id.clone()));
    }
    for (module, chosen) in modules {
        unique(Kind::Operations(module), &chosen, true).unwrap();
    }
}

#[test]
fn a_name_that_another_has_gets_the_first_words_that_are_new() {
    let names = Names::empty();
    let taken: BTreeSet<String> = ["list_x", "triage_list_x"].map(str::to_owned).into();
    let apart = |name: &str, id: &str, tag: &str, taken: &BTreeSet<String>| {
        let placed = Placed {
            operation: &Operation::of("/x", "get", &[], id),
            module: "m".to_owned(),
            tag: tag.to_owned(),
            name: name.to_owned(),
        };
        names.apart(&placed, taken)
    };
    let list = |id: &str, tag: &str| apart("list_x", id, tag, &taken);
    assert_eq!(list("AgentService#ListX", "Other"), "agent_list_x");
    assert_eq!(list("Triage#ListX", "Other Things"), "other_things_list_x");
    assert_eq!(list("listX", ""), "get_list_x");
    assert_eq!(
        apart("get_x", "getX", "X", &["get_x".to_owned()].into()),
        "get_x_2"
    );

    let taken = ["Infra", "HandlersInfra"].map(str::to_owned).into();
    assert_eq!(
        names.type_apart("Infra", "risks.Infra", &taken),
        "RisksInfra"
    );
    assert_eq!(
        names.type_apart("Infra", "handlers.Infra", &taken),
        "Infra2"
    );
    assert_eq!(names.type_apart("Infra", "Parent", &taken), "ParentInfra");
}

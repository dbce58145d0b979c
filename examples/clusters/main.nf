// nextflow run main.nf --study day.toml --shards 16
params.study = 'day.toml'
params.shards = 16

process shard {
    input:
    path study
    each part

    output:
    path 'day/shards/*.shard'

    script:
    """
    flagfall sweep ${study} --out day --shard ${part}/${params.shards} --quiet
    """
}

process merge {
    publishDir '.', mode: 'copy'

    input:
    path study
    path files, stageAs: 'day/shards/*'

    output:
    path 'day/*.{json,csv,parquet,md,txt}'

    script:
    """
    flagfall sweep ${study} --out day --quiet
    """
}

workflow {
    study = file(params.study)
    merge(study, shard(study, 1..params.shards).collect())
}

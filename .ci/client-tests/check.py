"""A client of openapi-generator for Python."""
import sys
import time

import client

name = f"python-{time.time_ns()}"
request = client.StartRun.from_dict({
    "distributionName": name,
    "distributions": [
        {"region": "eu-west-1", "amiDistributionConfiguration": {"name": "web-{{ imagebuilder:buildDate }}"}}],
    "imageRecipeArn": "arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/fail-build/1.0.0",
    "infrastructureConfigurationArn": "arn:aws:imagebuilder:eu-west-1:123456789012:infrastructure-configuration/web",
    "clientToken": name,
    "labels": {"language": name},
})

assert client.Configuration().host == "http://localhost:8080"
with client.ApiClient(client.Configuration(host=sys.argv[1])) as connection:
    runs = client.RunsApi(connection)
    valid = runs.validate_run(request)
    assert valid.valid and valid.warnings == []

    started = runs.start_run(request)
    again = runs.start_run(request)
    assert again.id == started.id

    run = runs.get_run(started.id)
    for _ in range(30):
        if run.status != client.RunStatus.RUNNING:
            break
        run = runs.get_run(started.id, prefer="wait=20")
    assert run.status == client.RunStatus.FAILED and run.image.status == "FAILED"

    page = runs.list_runs(label=[f"language:{name}"], status=[client.RunStatus.FAILED])
    assert [each.id for each in page.items] == [run.id]
    events = runs.list_run_events(run.id)
    assert events.items[-1].type == client.EventType.ENDED

    assert runs.plan_retry(run.id).action == client.RetryAction.RETRYIMAGE
    retried = runs.retry_run(run.id)
    assert retried.status == client.RunStatus.RUNNING and len(retried.retries) == 1
    assert runs.cancel_run(run.id).cancel_requested_at is not None

    try:
        runs.start_run(request.model_copy(update={"distribution_name": "!"}))
        raise AssertionError("It was not refused")
    except client.exceptions.BadRequestException as refused:
        problem = refused.data
        assert isinstance(problem, client.Problem)
        assert problem.type == client.ProblemType.SLASH_PROBLEMS_SLASH_INVALID_MINUS_REQUEST
        assert problem.errors[0].pointer == "/distributionName"
print("Python: started, again, validated, got, waited, listed, events, retried, cancelled, refused")

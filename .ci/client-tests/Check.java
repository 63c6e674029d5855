import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import client.ApiClient;
import client.ApiException;
import client.api.RunsApi;
import client.model.AmiDistributionConfiguration;
import client.model.Distribution;
import client.model.EventType;
import client.model.Problem;
import client.model.ProblemType;
import client.model.RetryAction;
import client.model.Run;
import client.model.RunPage;
import client.model.RunStatus;
import client.model.StartRun;
import client.model.Valid;

/** A client of openapi-generator for Java. */
class Check {

	private static final String NAME = "java-" + UUID.randomUUID();

	public static void main(String[] args) throws Exception {
		require(new ApiClient().getBaseUri().equals("http://localhost:8080"), "the file names a service");
		ApiClient client = new ApiClient();
		client.updateBaseUri(args[0]);
		RunsApi runs = new RunsApi(client);
		StartRun request = request();

		Valid valid = runs.validateRun(request, null, null);
		require(valid.getValid() && valid.getWarnings().isEmpty(), "the request is valid");

		Run started = runs.startRun(request, null, null, null);
		UUID id = started.getId();
		require(runs.startRun(request, null, null, null).getId().equals(id), "the second start is that of the first run");

		Run run = runs.getRun(id, null, null, null);
		for (int polls = 0; run.getStatus() == RunStatus.RUNNING && polls < 30; polls++) {
			run = runs.getRun(id, "wait=20", null, null);
		}
		require(run.getStatus() == RunStatus.FAILED && run.getImage().getStatus().equals("FAILED"), "the run has failed");

		RunPage page = runs.listRuns(null, null, List.of(RunStatus.FAILED), null, null, null, null, null, null, null, null,
				null, null, null, null, null, null, null, List.of("language:" + NAME), null);
		require(page.getItems().size() == 1 && page.getItems().get(0).getId().equals(id), "the list has the run");
		var events = runs.listRunEvents(id, null, null, null, null).getItems();
		require(events.get(events.size() - 1).getType() == EventType.ENDED, "the history has its end");

		require(runs.planRetry(id, null).getAction() == RetryAction.RETRY_IMAGE, "the image is tried again");
		Run retried = runs.retryRun(id, null);
		require(retried.getStatus() == RunStatus.RUNNING && retried.getRetries().size() == 1, "the run is retried");
		require(runs.cancelRun(id, null).getCancelRequestedAt() != null, "the run is cancelled");

		try {
			runs.startRun(request().distributionName("!"), null, null, null);
			throw new AssertionError("It was not refused");
		}
		catch (ApiException refused) {
			Problem problem = client.getObjectMapper().readValue(refused.getResponseBody(), Problem.class);
			require(problem.getType() == ProblemType._PROBLEMS_INVALID_REQUEST, "the problem has its type");
			require(problem.getErrors().get(0).getPointer().equals("/distributionName"), "the problem has its errors");
		}
		System.out.println("Java: started, again, validated, got, waited, listed, events, retried, cancelled, refused");
	}

	private static StartRun request() {
		return new StartRun().distributionName(NAME)
			.distributions(List.of(new Distribution().region("eu-west-1")
				.amiDistributionConfiguration(
						new AmiDistributionConfiguration().name("web-{{ imagebuilder:buildDate }}"))))
			.imageRecipeArn("arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/fail-build/1.0.0")
			.infrastructureConfigurationArn(
					"arn:aws:imagebuilder:eu-west-1:123456789012:infrastructure-configuration/web")
			.clientToken(NAME)
			.labels(Map.of("language", NAME));
	}

	private static void require(boolean holds, String claim) {
		if (!holds) {
			throw new AssertionError("It is not so that " + claim);
		}
	}

}

package dev.distributeimage.simulator;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.imagebuilder.model.ListWorkflowExecutionsResponse;
import software.amazon.awssdk.services.imagebuilder.model.ResourceNotFoundException;
import software.amazon.awssdk.services.imagebuilder.model.WorkflowExecutionMetadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ListWorkflowExecutionsTests extends SteppedSimulatorTest {

	@ParameterizedTest
	@CsvSource({ "web, 1, ''", "web, 2, BUILD RUNNING", "web, 3, BUILD COMPLETED;TEST RUNNING",
			"web, 4, BUILD COMPLETED;TEST COMPLETED;DISTRIBUTION RUNNING",
			"web, 5, BUILD COMPLETED;TEST COMPLETED;DISTRIBUTION RUNNING",
			"web, 6, BUILD COMPLETED;TEST COMPLETED;DISTRIBUTION COMPLETED", "fail-build, 9, BUILD FAILED",
			"fail-test, 9, BUILD COMPLETED;TEST FAILED", "cancelled, 9, BUILD CANCELLED",
			"fail-distribution, 9, BUILD COMPLETED;TEST COMPLETED;DISTRIBUTION FAILED",
			"fail-integration, 9, BUILD COMPLETED;TEST COMPLETED;DISTRIBUTION FAILED" })
	void executionsFollowTheImage(String recipe, int steps, String expected) {
		String arn = this.calls.build(recipe);
		this.clock.advance(STEP.multipliedBy(steps));
		assertThat(String.join(";", kindsAndStatuses(list(arn)))).isEqualTo(expected);
	}

	@Test
	void failureIsExplained() {
		String arn = this.calls.build("fail-test");
		this.clock.advance(STEP.multipliedBy(9));
		ListWorkflowExecutionsResponse response = list(arn);
		assertThat(response.message()).isEqualTo(this.calls.image(arn).state().reason());
		WorkflowExecutionMetadata test = response.workflowExecutions().get(1);
		assertThat(test.message()).isEqualTo(response.message());
		assertThat(test.totalStepsFailed()).isEqualTo(1);
		assertThat(test.workflowExecutionId()).matches("wf-[0-9a-f-]{36}");
		assertThat(test.startTime()).isEqualTo("2026-09-03T05:44:51.121Z");
		assertThat(test.endTime()).isEqualTo("2026-09-03T05:45:01.121Z");
	}

	@Test
	void retriedExecutionIsAnother() {
		String arn = this.calls.build("fail-distribution");
		this.clock.advance(STEP.multipliedBy(9));
		this.calls.client().retryImage((request) -> request.imageBuildVersionArn(arn));
		assertThat(kindsAndStatuses(list(arn))).containsExactly("BUILD COMPLETED", "TEST COMPLETED",
				"DISTRIBUTION FAILED", "DISTRIBUTION RUNNING");
		assertThat(list(arn).workflowExecutions()).extracting(WorkflowExecutionMetadata::retried)
			.containsExactly(false, false, false, true);
	}

	@Test
	void pagesLeadToEveryExecution() {
		String arn = this.calls.build("web");
		this.clock.advance(STEP.multipliedBy(9));
		assertThat(this.calls.client()
			.listWorkflowExecutionsPaginator((request) -> request.imageBuildVersionArn(arn).maxResults(2))
			.stream()
			.map((page) -> page.workflowExecutions().size())).containsExactly(2, 1);
	}

	@Test
	void unknownImageIs404() {
		assertThatExceptionOfType(ResourceNotFoundException.class)
			.isThrownBy(() -> list(SdkCalls.PREFIX + "image/web/1.0.0/1"));
	}

	private ListWorkflowExecutionsResponse list(String arn) {
		return this.calls.client().listWorkflowExecutions((request) -> request.imageBuildVersionArn(arn));
	}

	private static List<String> kindsAndStatuses(ListWorkflowExecutionsResponse response) {
		return response.workflowExecutions()
			.stream()
			.map((execution) -> execution.typeAsString() + " " + execution.statusAsString())
			.toList();
	}

}

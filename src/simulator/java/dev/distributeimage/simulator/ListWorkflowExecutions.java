package dev.distributeimage.simulator;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Lists the workflow executions of a build. */
final class ListWorkflowExecutions implements Action {

	private final Images images;

	ListWorkflowExecutions(Images images) {
		this.images = images;
	}

	@Override
	public ObjectNode carryOut(Call call) {
		SimulatedImage image = this.images.get(call.parameter("imageBuildVersionArn"));
		Page<ObjectNode> page = Page.of(WorkflowExecutions.of(image, call.at()), call);
		ObjectNode answer = Json.object();
		ArrayNode list = answer.putArray("workflowExecutions");
		page.items().forEach(list::add);
		answer.put("imageBuildVersionArn", image.arn());
		String reason = image.now().showing().reason();
		if (reason != null) {
			answer.put("message", WorkflowExecutions.cut(reason));
		}
		page.addTokenTo(answer);
		return answer;
	}

}

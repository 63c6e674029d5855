package dev.distributeimage.run.view;

import jakarta.persistence.AttributeConverter;
import dev.distributeimage.run.StepId;

/** Reads a step from its id. */
class StepIdConverter implements AttributeConverter<StepId, String> {

	@Override
	public String convertToDatabaseColumn(StepId step) {
		return step.toString();
	}

	@Override
	public StepId convertToEntityAttribute(String id) {
		return StepId.of(id);
	}

}

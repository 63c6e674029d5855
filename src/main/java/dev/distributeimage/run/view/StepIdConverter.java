package dev.distributeimage.run.view;

import dev.distributeimage.run.StepId;
import jakarta.persistence.AttributeConverter;

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

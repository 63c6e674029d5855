package dev.distributeimage.workflow;

import dev.distributeimage.run.StepId;

/** The steps of the workflow by id. */
record Steps(CreateDistributionConfiguration createDistributionConfiguration, CreateImage createImage,
		GetImage getImage) {

	Step of(StepId id) {
		return switch (id) {
			case CREATE_DISTRIBUTION_CONFIGURATION -> this.createDistributionConfiguration;
			case CREATE_IMAGE, DISTRIBUTE_IMAGE -> this.createImage;
			case GET_IMAGE -> this.getImage;
		};
	}

}

package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.Objects;

import dev.distributeimage.imagebuilder.ImageBuilder;
import dev.distributeimage.imagebuilder.ImageBuilderException;
import dev.distributeimage.run.Claim;
import dev.distributeimage.run.Image;
import dev.distributeimage.run.Run;
import io.micrometer.core.instrument.Counter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls the image. Carried out twice it shows the image twice. Two polls of a run are
 * never closer than the poll interval, also when the first has failed.
 */
record GetImage(ImageBuilder imageBuilder, Backoff backoff, Counter unknownStatuses) implements Step {

	private static final Logger logger = LoggerFactory.getLogger(GetImage.class);

	@Override
	public void carryOut(Claim claim) {
		Run run = claim.run();
		Image image = this.imageBuilder.getImage(Objects.requireNonNull(run.imageBuildVersionArn()));
		if (!image.hasKnownStatus()) {
			this.unknownStatuses.increment();
			warnWhenNew(run, image);
		}
		run.imageSeen(image, this.backoff.poll());
	}

	@Override
	public void failed(Run run, ImageBuilderException ex, Backoff backoff) {
		Duration poll = backoff.poll();
		if (ex.isNotFound()) {
			run.imageMissed(Step.failure(run, ex), poll);
		}
		else if (ex.remedy() == ImageBuilderException.Remedy.GIVE_UP) {
			run.callRefused(Step.failure(run, ex));
		}
		else {
			run.callFailed(Step.failure(run, ex), ex.certainty(),
					Backoff.longer(poll, backoff.after(ex, run.attempts() + 1)));
		}
	}

	private static void warnWhenNew(Run run, Image image) {
		Image before = run.image();
		if (before == null || !Objects.equals(before.status(), image.status())) {
			logger.warn("Image {} has a status that is not known here: {}", run.imageBuildVersionArn(), image.status());
		}
	}

}

package dev.distributeimage.run;

import java.util.Optional;
import java.util.UUID;

import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/** The stored runs, for reading. */
public interface Runs extends Repository<Run, UUID> {

	/** The run with what was asked for. */
	@Query("""
			select new dev.distributeimage.run.StoredRun(run, input)
			from Run run join RunInput input on input.runId = run.id
			where run.id = :id""")
	Optional<StoredRun> findStored(UUID id);

}

package dev.distributeimage.run;

import java.util.Collection;
import java.util.List;
import java.util.UUID;

import org.springframework.data.repository.Repository;

/** What was asked for, of every run. */
interface RunInputs extends Repository<RunInput, UUID> {

	List<RunInput> findAllByRunIdIn(Collection<UUID> runIds);

}

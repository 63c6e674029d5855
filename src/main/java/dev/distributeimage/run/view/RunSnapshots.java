package dev.distributeimage.run.view;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * The runs as callers are shown them. A read is one statement and needs no transaction of
 * its own, whose COMMIT would be another round trip. Several runs are asked for by one
 * array parameter: thousands of callers may wait for a run each.
 */
@Transactional(propagation = Propagation.SUPPORTS)
public interface RunSnapshots extends Repository<RunSnapshot, UUID> {

	Optional<RunSnapshot> findById(UUID id);

	/**
	 * The run of this id, if it exists and weighs no more than this. The weight of its
	 * retries is estimated from their compressed size, without reading them.
	 */
	@Query("""
			select run from RunSnapshot run
			where run.id = :id
			  and run.weight + run.imageWeight + cast(sql('6 * pg_column_size(?)', run.retries) as Integer) <= :most""")
	Optional<RunSnapshot> findById(UUID id, int most);

	/** The outline of the run of this id, if it exists. */
	@Query("""
			select new dev.distributeimage.run.view.RunOutline(
			  run.weight + run.imageWeight + cast(sql('6 * pg_column_size(?)', run.retries) as Integer), run.owner)
			from RunSnapshot run where run.id = :id""")
	Optional<RunOutline> outline(UUID id);

	/** The image or container recipe of the run of this id, if it builds anything. */
	@Query("""
			select coalesce(run.imageRecipeArn, cast(sql('? ->> ''containerRecipeArn''', run.options) as String))
			from RunSnapshot run where run.id = :id""")
	Optional<String> recipeArn(UUID id);

	/** The runs of these ids, as far as they exist. */
	@Query("select run from RunSnapshot run where cast(sql('? = any (?)', run.id, :ids) as Boolean)")
	List<RunSnapshot> findByIds(UUID[] ids);

	/** The runs of these numbers, the newest first. */
	@Query("""
			select run from RunSnapshot run where cast(sql('? = any (?)', run.number, :numbers) as Boolean)
			order by run.number desc""")
	List<RunSnapshot> findByNumbers(Long[] numbers);

	/** The progress of the runs of these ids, as far as they exist. */
	@Query("""
			select new dev.distributeimage.run.view.RunProgress(run.id, run.status, run.step, run.imageStatus,
			  run.lastEvent)
			from RunSnapshot run where cast(sql('? = any (?)', run.id, :ids) as Boolean)""")
	List<RunProgress> progress(UUID[] ids);

}

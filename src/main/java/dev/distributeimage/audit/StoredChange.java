package dev.distributeimage.audit;

/**
 * Tells that a run was changed, by the statement that has stored the record of it.
 *
 * @param event the record
 */
public record StoredChange(AuditEvent event) {
}

package dev.kasane.core.spi;

/**
 * A key of an adapter file that fits nothing in the base model.
 *
 * @param key the key as the file has it
 * @param reason why it fits nothing and what it may have meant, a clause for a report
 */
public record UnmatchedKey(String key, String reason) {}

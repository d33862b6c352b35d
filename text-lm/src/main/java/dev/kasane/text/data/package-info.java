/**
 * From data files to batches of tokens.
 *
 * <p>{@link dev.kasane.text.data.RecordFiles} reads JSON lines, JSON, tables, Parquet and plain text into records
 * that know their line. An {@link dev.kasane.text.data.ExampleTemplate} makes a record a text with its answers
 * marked, an {@link dev.kasane.text.data.ExampleEncoder} makes that tokens with a mask of what is learnt, and
 * {@link dev.kasane.text.data.TextBatches} lays them out in rows. Rows may hold several examples: each is a
 * segment of its own, with positions of its own, and nothing of one is seen from another or predicted across the
 * border. {@link dev.kasane.text.data.DataReport} says beforehand what there is to learn and stops a run that
 * would learn nothing.
 */
package dev.kasane.text.data;

package dev.kasane.quant.cuda;

/**
 * The tensors of an AdamW step, as a table in the device's memory: seven addresses and numbers of 64 bits a tensor
 * (parameters, gradients, first moment, second moment, their scales or 0, count), and the number of each tensor's
 * first block.
 *
 * @param tensors address of the table
 * @param firstBlocks address of the block numbers, 64 bits each
 * @param count how many tensors
 * @param blocks blocks of 256 elements of all tensors together
 */
public record OptimizerTable(long tensors, long firstBlocks, int count, long blocks) {
  /** Numbers of 64 bits that a tensor takes in the table. */
  public static final int FIELDS = 7;
  /** Elements of a block. */
  public static final int BLOCK = 256;

  KernelArguments arguments() {
    return new KernelArguments().address(tensors).address(firstBlocks).number(count);
  }
}

package dev.jtangents.simd;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.util.SplittableRandom;

/**
 * Where a plane, the plane that its cells see a window of, zeros and another plane of the same
 * shape lie in one buffer, with room around each.
 *
 * @param length elements of a cell
 * @param entries the table entry of the first cell of each row
 * @param sourceRows the numbers of the three source rows of each row; -1 for none
 * @param size elements of the buffer
 */
record PlaneGeometry(
        int length,
        int stride,
        int rowLength,
        int[] entries,
        int first,
        int sourceLength,
        int[] sourceRows,
        int source,
        int zeros,
        int target,
        int other,
        int size) {
    private static final int MARGIN = 21;
    private static final int LONGEST = 3 * Run.PADDING + 3;

    /**
     * One that loops have to take: rows see as many source cells as they have themselves, from the
     * one before on, or two more, from the same one on, or any number in between and above.
     */
    static PlaneGeometry random(SplittableRandom random) {
        int length = random.nextInt(LONGEST + 1);
        int stride = whole(length) + random.nextInt(5);
        int rowLength = 1 + random.nextInt(6);
        int[] entries = new int[1 + random.nextInt(5)];
        int next = random.nextInt(3);
        for (int row = 0; row < entries.length; row++) {
            entries[row] = next;
            next += 1 + random.nextInt(rowLength + 2);
        }
        int first = random.nextInt(2) - 1;
        int sourceLength = rowLength + 1 + first + random.nextInt(3);
        int sourceCells = (1 + random.nextInt(5)) * sourceLength;
        int[] sourceRows = new int[PlaneRun.SIZE * entries.length];
        for (int k = 0; k < sourceRows.length; k++) {
            int row = random.nextInt(sourceCells / sourceLength);
            sourceRows[k] = random.nextInt(4) == 0 ? -1 : row;
        }
        int zeros = random.nextInt(MARGIN);
        int afterZeros = zeros + sourceLength * stride + random.nextInt(MARGIN);
        int sourceSize = sourceCells * stride + random.nextInt(MARGIN);
        int targetSize = entries.length * rowLength * stride + random.nextInt(MARGIN);
        boolean sourceFirst = random.nextBoolean();
        int other = afterZeros + sourceSize + targetSize;
        return new PlaneGeometry(
                length,
                stride,
                rowLength,
                entries,
                first,
                sourceLength,
                sourceRows,
                afterZeros + (sourceFirst ? 0 : targetSize),
                zeros,
                afterZeros + (sourceFirst ? sourceSize : 0),
                other,
                other + targetSize);
    }

    /** The elements that loops may write for a cell of this length. */
    private static int whole(int length) {
        return Math.ceilDiv(length, Run.PADDING) * Run.PADDING;
    }

    int cells() {
        return entries.length * rowLength;
    }

    /** The element of a lane of a cell of the target. */
    int at(int cell, int lane) {
        return target + cell * stride + lane;
    }

    /** The entry of a factor table that belongs to a cell. */
    int entry(int cell) {
        return entries[cell / rowLength] + cell % rowLength;
    }

    int lastEntry() {
        return entry(cells() - 1);
    }

    /** Whether an element belongs to the plane, and to none of the rests of its last vectors. */
    boolean holds(int element) {
        return isInCell(element, length);
    }

    /** Whether a loop may write an element. */
    boolean mayWrite(int element) {
        return isInCell(element, whole(length));
    }

    private boolean isInCell(int element, int size) {
        int place = element - target;
        return place >= 0 && place < cells() * stride && place % stride < size;
    }

    /** Random values, and zeros where they have to be. */
    Tensor values(Arena arena, DType dtype, double bound, SplittableRandom random) {
        Tensor values = Tensor.allocate(arena, dtype, Shape.of(size));
        for (int i = 0; i < size; i++) {
            boolean zero = i >= zeros && i < zeros + sourceLength * stride;
            values.set(zero ? 0 : random.nextDouble(-bound, bound), i);
        }
        return values;
    }

    PlaneRun inPlace(Tensor nngp, @Nullable Tensor ntk) {
        return new PlaneRun(nngp.segment(), ntk == null ? null : ntk.segment())
                .to(target, length, stride, rowLength, entries)
                .inPlace();
    }

    PlaneRun window(Tensor nngp, @Nullable Tensor ntk) {
        return inPlace(nngp, ntk).from(source, sourceRows, first, sourceLength, zeros);
    }

    /** What a lane of a cell sees, by definition. */
    double sum(Tensor values, int cell, int lane) {
        double sum = 0;
        for (int k = 0; k < PlaneRun.SIZE; k++) {
            int row = sourceRows[cell / rowLength * PlaneRun.SIZE + k];
            for (int tap = 0; tap < PlaneRun.SIZE; tap++) {
                int seen = cell % rowLength + first + tap;
                if (row >= 0 && seen >= 0 && seen < sourceLength) {
                    sum += values.get(source + (row * sourceLength + seen) * stride + lane);
                }
            }
        }
        return sum;
    }
}

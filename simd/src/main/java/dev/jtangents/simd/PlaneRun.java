package dev.jtangents.simd;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * The cells of a plane, row by row: the NNGP and, unless it is not asked for, the NTK alike. A cell
 * sees itself, the same cell of another plane, or a window of three by three cells of another
 * plane, whose sum it takes. Planes are the same, or do not overlap. Offsets are in elements.
 * Mutable, so that one object of a worker walks over all planes.
 *
 * <p>Cell x of a row sees the source cells {@code x + first} to {@code x + first + 2} of three
 * rows; cells before or after a source row, and rows that are missing, are 0. Loops work in whole
 * vectors, as they do on a {@link Run}.
 */
public final class PlaneRun {
    /** The rows, and the cells of each, that a cell sees. */
    public static final int SIZE = 3;

    private static final long[] NO_WINDOW = {};

    final MemorySegment nngp;
    final @Nullable MemorySegment ntk;
    long target;
    int length;
    long stride;
    int rowCount;
    int rowLength;
    int[] entries = {};
    boolean sums;
    boolean seesNtk = true;
    boolean adds;
    long addend;
    private boolean elsewhere;
    private long source;
    private int[] rows = {};
    int first;
    int sourceLength;
    long zeros;
    private long[] starts = {};

    /**
     * Runs over these two buffers of one dtype.
     *
     * @param nngp covariances
     * @param ntk tangent kernels, or null when they are not computed
     */
    public PlaneRun(MemorySegment nngp, @Nullable MemorySegment ntk) {
        this.nngp = nngp;
        this.ntk = ntk;
    }

    /**
     * Sets where results go.
     *
     * @param offset the first cell
     * @param length elements of a cell
     * @param stride elements from one cell to the next
     * @param rowLength cells in a row
     * @param entries which entry of a factor table belongs to the first cell of each row, in
     *     ascending order; those of the other cells follow. Read until the run moves on
     */
    public PlaneRun to(long offset, int length, long stride, int rowLength, int[] entries) {
        this.target = offset;
        this.length = length;
        this.stride = stride;
        this.rowLength = rowLength;
        this.rowCount = entries.length;
        this.entries = entries;
        return this;
    }

    /** Lets the cells see themselves. */
    public PlaneRun inPlace() {
        this.sums = false;
        this.seesNtk = true;
        this.adds = false;
        this.elsewhere = false;
        return this;
    }

    /**
     * Lets each cell see the same cell of a plane.
     *
     * @param offset the first cell of that plane, whose cells lie as those of the target
     */
    public PlaneRun from(long offset) {
        inPlace();
        this.elsewhere = true;
        this.source = offset;
        return this;
    }

    /**
     * Lets the cells see a window.
     *
     * @param offset the first cell of the source plane
     * @param rows the numbers of the three source rows of each row; -1 for none
     * @param first the first source cell that cell 0 sees, -1 or 0
     * @param sourceLength cells in a source row; all but the last cell of a row see as many of them
     *     as they can
     * @param zeros as many zeros as a source row has elements
     */
    public PlaneRun from(long offset, int[] rows, int first, int sourceLength, long zeros) {
        inPlace();
        this.sums = true;
        this.source = offset;
        this.rows = rows;
        this.first = first;
        this.sourceLength = sourceLength;
        this.zeros = zeros;
        return this;
    }

    /**
     * Lets what the cells see of the NTK count as 0, whatever is there: then map loops do not read
     * it; other loops refuse such a run. Until {@link #from} or {@link #inPlace}.
     */
    public PlaneRun withoutNtkOfSource() {
        this.seesNtk = false;
        return this;
    }

    /**
     * Adds a plane to the results of a sum over windows; other loops refuse such a run. Until
     * {@link #from} or {@link #inPlace}.
     *
     * @param offset the first cell of that plane, whose cells lie as those of the target
     */
    public PlaneRun plus(long offset) {
        this.adds = true;
        this.addend = offset;
        return this;
    }

    /** The first cell of what the cells see without a window. */
    long seen() {
        return elsewhere ? source : target;
    }

    /** The entry of the first cell of all. */
    int firstEntry() {
        return entries[0];
    }

    /** The entry of the last cell of all. */
    int lastEntry() {
        return entries[rowCount - 1] + rowLength - 1;
    }

    /**
     * The cells of a row that see three cells, from the first on; the others see 0 as the third.
     */
    int whole() {
        return Math.clamp(sourceLength - first - 2, 0, rowLength);
    }

    /** Refuses a run that leaves its buffers, counted in whole vectors of so many lanes. */
    void check(int bytes, int lanes) {
        if (rowCount == 0 || stride < Math.ceilDiv(length, lanes) * (long) lanes) {
            throw new IndexOutOfBoundsException(
                    rowCount + " rows of cells of " + length + " elements, " + stride + " apart");
        }
        for (int row = 1; row < rowCount; row++) {
            if (entries[row] < entries[row - 1]) {
                throw new IndexOutOfBoundsException("Entries that do not ascend");
            }
        }
        checkPlane(target, bytes);
        checkPlane(seen(), bytes);
    }

    private void checkPlane(long offset, int bytes) {
        long cells = (long) rowCount * rowLength;
        Objects.checkFromIndexSize(offset, cells * stride, elements(bytes));
    }

    private long elements(int bytes) {
        long size = Math.min(nngp.byteSize(), ntk == null ? Long.MAX_VALUE : ntk.byteSize());
        return size / bytes;
    }

    /**
     * Where the three source rows of each row start, in bytes; zeros where there is none. Refuses a
     * run that leaves its buffers, counted in whole vectors of so many lanes.
     */
    long[] starts(int bytes, int lanes) {
        if (adds) {
            throw new IllegalArgumentException("Only sums over windows add a plane");
        }
        return startsOfRows(bytes, lanes);
    }

    private long[] startsOfRows(int bytes, int lanes) {
        check(bytes, lanes);
        if (!sums) {
            return NO_WINDOW;
        }
        boolean slides =
                rows.length == SIZE * rowCount
                        && (first == -1 || first == 0)
                        && sourceLength > first + 1
                        && rowLength - whole() <= 1;
        if (!slides) {
            throw new IndexOutOfBoundsException(
                    "Rows of " + rowLength + " cells that see " + sourceLength + " from " + first);
        }
        if (starts.length < rows.length) {
            starts = new long[rows.length];
        }
        long rowStride = sourceLength * stride;
        long least = zeros;
        long most = zeros;
        for (int row = 0; row < rows.length; row++) {
            long start = rows[row] < 0 ? zeros : source + rows[row] * rowStride;
            least = Math.min(least, start);
            most = Math.max(most, start);
            starts[row] = start * bytes;
        }
        Objects.checkFromToIndex(least, most + rowStride, elements(bytes));
        return starts;
    }

    /** The same for a loop that sums both kernels, and adds a plane. */
    long[] startsOfSums(int bytes, int lanes) {
        if (!seesNtk) {
            throw new IllegalArgumentException("Only maps leave out the NTK of what they see");
        }
        if (adds) {
            checkPlane(addend, bytes);
        }
        return startsOfRows(bytes, lanes);
    }
}

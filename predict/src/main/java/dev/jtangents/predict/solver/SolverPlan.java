package dev.jtangents.predict.solver;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Which solver runs, and what memory it takes.
 *
 * @param kind the solver
 * @param rank of the preconditioner, for cg
 * @param keepsKernel whether a kernel that is computed block by block is computed once and kept,
 *     for cg
 * @param bytes what it allocates
 */
record SolverPlan(SolverKind kind, int rank, boolean keepsKernel, long bytes) {
    /**
     * The plan for a kernel.
     *
     * @throws InputException when the memory does not suffice, with what would
     */
    static SolverPlan of(KernelOperator kernel, SolverOptions options, long rightHandSides) {
        Sizes sizes = new Sizes(kernel, options, rightHandSides);
        List<SolverPlan> candidates = new ArrayList<>();
        for (SolverKind kind : kinds(options.kind())) {
            candidates.addAll(sizes.plans(kind));
        }
        for (SolverPlan candidate : candidates) {
            if (candidate.bytes <= options.memory()) {
                return candidate;
            }
        }
        SolverPlan last = candidates.getLast();
        throw new InputException(
                String.format(
                        Locale.ROOT,
                        "Solving for %d examples by %s takes %.2f GB, and the memory budget is %.2f"
                                + " GB: raise it, or use nystrom with fewer centres.",
                        kernel.size(),
                        last.kind.label(),
                        last.bytes / 1e9,
                        options.memory() / 1e9));
    }

    private static List<SolverKind> kinds(SolverKind asked) {
        return asked == SolverKind.AUTO
                ? List.of(SolverKind.CHOLESKY, SolverKind.CHOLESKY_F32, SolverKind.CG)
                : List.of(asked);
    }

    /** One line for people. */
    String describe() {
        String detail =
                switch (kind) {
                    case CG ->
                            ", preconditioner of rank "
                                    + rank
                                    + (keepsKernel ? ", kernel computed once" : "");
                    default -> "";
                };
        return String.format(Locale.ROOT, "%s%s, %.2f GB", kind.label(), detail, bytes / 1e9);
    }

    /** What each solver would take. */
    private record Sizes(KernelOperator kernel, SolverOptions options, long rightHandSides) {
        /** Plans of one solver, the fastest first. */
        List<SolverPlan> plans(SolverKind kind) {
            long n = kernel.size();
            return switch (kind) {
                case AUTO -> throw new IllegalArgumentException(kind.label());
                case CHOLESKY -> List.of(new SolverPlan(kind, 0, false, factor(n, DType.F64)));
                case CHOLESKY_F32 -> List.of(new SolverPlan(kind, 0, false, factor(n, DType.F32)));
                case NYSTROM -> List.of(new SolverPlan(kind, 0, false, nystrom()));
                case CG -> conjugateGradients();
            };
        }

        private long factor(long n, DType dtype) {
            return product(n, n, dtype.bytes()) + iterations(n);
        }

        private long nystrom() {
            long centres = Math.min(kernel.size(), options.centres());
            long block = Math.min(kernel.size(), NystromSolver.ROWS);
            long blocks = product(centres, block, Double.BYTES + kernel.dtype().bytes());
            long squares = product(centres, centres, 3L * Double.BYTES);
            return squares + blocks + iterations(centres);
        }

        private List<SolverPlan> conjugateGradients() {
            long n = kernel.size();
            List<SolverPlan> plans = new ArrayList<>();
            int rank = options.rank() > 0 ? options.rank() : (int) (10 * Math.sqrt(n));
            rank = (int) Math.min(n, rank);
            if (!kernel.isStored()) {
                long kept = product(n, n, kernel.dtype().bytes());
                plans.add(conjugateGradients(rank, true, kept));
            }
            plans.add(conjugateGradients(rank, false, 0));
            for (int less = rank / 2; options.rank() == 0 && less > 0; less /= 2) {
                plans.add(conjugateGradients(less, false, 0));
            }
            return plans;
        }

        private SolverPlan conjugateGradients(int rank, boolean keepsKernel, long kept) {
            long n = kernel.size();
            long bytes = kept + LowRankPreconditioner.bytes(n, rank) + iterations(n);
            return new SolverPlan(SolverKind.CG, rank, keepsKernel, bytes);
        }

        /** Vectors, and a tile of the kernel as it comes and in f64. */
        private long iterations(long n) {
            long side = Math.min(n, KernelProduct.TILE);
            return ConjugateGradients.bytes(n, rightHandSides)
                    + product(side, side, Double.BYTES + kernel.dtype().bytes());
        }

        /** The most that a long holds for sizes that nobody has. */
        private static long product(long a, long b, long c) {
            double product = (double) a * b * c;
            return product > Long.MAX_VALUE / 4.0 ? Long.MAX_VALUE / 4 : a * b * c;
        }
    }
}

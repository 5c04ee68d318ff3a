# whole_script.sh PYTHON METHOD [repetitions]: a script as a user writes it, timed by the shell's own `time`, from its start to its end.
# It shares no code with the study. One line per repetition: seconds.
set -eu
python=$1 method=$2 repetitions=${3:-10}
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
cat > "$folder/squares.py" <<'SCRIPT'
import multiprocessing
import sys


def square(number):
    return number**2


if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv[1])
    pool = multiprocessing.Pool(2)
    print(pool.map(square, [0, 1, 2, 3, 4]))
    pool.close()
    pool.join()
SCRIPT
TIMEFORMAT=%R
for _ in $(seq 0 "$repetitions"); do
    { time "$python" "$folder/squares.py" "$method" > "$folder/said"; } 2>> "$folder/seconds"
    [ "$(cat "$folder/said")" = "[0, 1, 4, 9, 16]" ]
done
tail -n +2 "$folder/seconds" # the first is a warm-up

// A network in ncnn, as the peer of the library's own workload. Weights are zeros: time does not depend on them.
//
//     ncnn_peer PARAM_FILE CHANNELS SIDE IMAGES       answers "warm", "run", "peak" and "remark" on standard input
//
// The file describes the network (Workloads/NcnnNetworks.cs writes it). Build, with ncnn's sources in NCNN:
//
//     cmake -S NCNN -B NCNN/build -DCMAKE_BUILD_TYPE=Release -DNCNN_SHARED_LIB=OFF -DNCNN_VULKAN=OFF
//     cmake --build NCNN/build --target ncnn -j
//     g++ -O2 -fopenmp -I NCNN/src -I NCNN/build/src ncnn_peer.cpp NCNN/build/src/libncnn.a -o ncnn_peer
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "cpu.h"
#include "datareader.h"
#include "net.h"

namespace {

class ZeroWeights : public ncnn::DataReader
{
public:
    int scan(const char*, void*) const override { return 0; }
    size_t read(void* target, size_t size) const override
    {
        memset(target, 0, size);
        return size;
    }
};

ncnn::Mat image(int channels, int side)
{
    ncnn::Mat made(side, side, channels);
    for (int channel = 0; channel < channels; channel++)
        for (int at = 0; at < side * side; at++)
            made.channel(channel)[at] = ((channel * 7919 + at * 104729) % 2000 - 1000) / 500.f;
    return made;
}

double peak_megabytes()
{
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.rfind("VmHWM:", 0) == 0)
            return atol(line.c_str() + 6) * 1024 / 1e6;
    return 0;
}

double milliseconds(ncnn::Net& net, const ncnn::Mat& input, int images, ncnn::Mat& output)
{
    auto start = std::chrono::steady_clock::now();
    for (int each = 0; each < images; each++)
    {
        ncnn::Extractor extractor = net.create_extractor();
        extractor.input(net.input_names()[0], input);
        for (const char* name : net.output_names())
            extractor.extract(name, output);
    }

    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

int main(int count, char** words)
{
    if (count != 5)
    {
        fprintf(stderr, "ncnn_peer PARAM_FILE CHANNELS SIDE IMAGES\n");
        return 2;
    }

    ncnn::Net net;
    ncnn::UnlockedPoolAllocator blobs;
    ncnn::PoolAllocator workspace;
    const char* threads = getenv("OMP_NUM_THREADS");
    net.opt.num_threads = threads ? atoi(threads) : ncnn::get_physical_cpu_count();
    net.opt.use_fp16_packed = net.opt.use_fp16_storage = net.opt.use_fp16_arithmetic = net.opt.use_bf16_storage = false;
    net.opt.blob_allocator = &blobs;
    net.opt.workspace_allocator = &workspace;
    ZeroWeights zeros;
    if (net.load_param(words[1]) != 0 || net.load_model(zeros) != 0)
    {
        fprintf(stderr, "ncnn cannot open %s\n", words[1]);
        return 1;
    }

    ncnn::Mat input = image(atoi(words[2]), atoi(words[3])), output;
    int images = atoi(words[4]);
    for (std::string question; std::getline(std::cin, question);)
    {
        if (question == "peak")
            printf("%.0f\n", peak_megabytes());
        else if (question == "remark")
            printf("ncnn " NCNN_VERSION_STRING ", %d threads, result %dx%dx%d\n", net.opt.num_threads, output.c, output.h, output.w);
        else
        {
            if (question == "warm")
                milliseconds(net, input, images, output);
            printf("%.3f\n", milliseconds(net, input, images, output));
        }

        fflush(stdout);
    }

    return 0;
}

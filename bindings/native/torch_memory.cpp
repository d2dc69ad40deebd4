// Where tensors' elements live. The C library's heap mixes them with small blocks that outlive them, and a training step then takes a third more memory than
// its tensors have. Here large blocks share one region of the address space, from which each takes the smallest hole it fits into. Memory once taken is kept
// for the next step, so nothing is paged in twice, and it comes in huge pages where the system has them.

#include "torch_shim.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <mutex>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>

namespace {

constexpr size_t kLarge = 32 << 10, kAlignment = 64;
constexpr size_t kPage = 2 << 20;  // a huge one
constexpr size_t kSlack = 8 << 20;  // of memory in holes that is never worth giving back

// Holes and blocks tile [start, end); no two holes touch.
class Region {
public:
    // Reserves addresses, not memory; false where the system refuses.
    bool reserve(size_t size) {
        size = size / kPage * kPage;
        void* memory = mmap(nullptr, size + kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (memory == MAP_FAILED)
            return false;
        start_ = reinterpret_cast<char*>((reinterpret_cast<size_t>(memory) + kPage - 1) / kPage * kPage);
        end_ = start_ + size;
        madvise(start_, size, MADV_HUGEPAGE);
        held_.resize(size / kPage);
        add_hole(start_, size);
        return true;
    }

    bool contains(const void* memory) const { return memory >= start_ && memory < end_; }

    // Null when no hole is large enough.
    void* take(size_t size) {
        size = (size + kAlignment - 1) / kAlignment * kAlignment;
        std::lock_guard<std::mutex> lock(mutex_);
        auto found = by_size_.lower_bound({size, nullptr});
        if (found == by_size_.end())
            return nullptr;
        auto [hole, address] = *found;
        remove_hole(address, hole);
        if (hole > size)
            add_hole(address + size, hole - size);
        blocks_.emplace(address, size);
        live_ += size;
        most_ = std::max(most_, live_);
        hold(address, size);
        return address;
    }

    void give_back(void* memory) {
        std::lock_guard<std::mutex> lock(mutex_);
        auto block = blocks_.find(static_cast<char*>(memory));
        char* address = block->first;
        size_t size = block->second;
        blocks_.erase(block);
        live_ -= size;
        auto after = by_address_.lower_bound(address);
        if (after != by_address_.end() && after->first == address + size) {
            size += after->second;
            remove_hole(address + size - after->second, after->second);
        }
        auto before = by_address_.lower_bound(address);
        if (before != by_address_.begin() && (--before)->first + before->second == address) {
            address = before->first;
            size_t hole = before->second;
            remove_hole(address, hole);
            size += hole;
        }
        add_hole(address, size);
    }

private:
    void add_hole(char* address, size_t size) {
        by_address_.emplace(address, size);
        by_size_.emplace(size, address);
    }

    void remove_hole(char* address, size_t size) {
        by_address_.erase(address);
        by_size_.erase({size, address});
    }

    // A block is about to be written to.
    void hold(char* address, size_t size) {
        for (size_t page = (address - start_) / kPage; page <= (address + size - 1 - start_) / kPage; page++) {
            pages_ += !held_[page];
            held_[page] = true;
        }
        if (pages_ * kPage <= most_ + kSlack)
            return;
        for (auto hole = by_size_.rbegin(); hole != by_size_.rend() && hole->first >= kPage && pages_ * kPage > most_; ++hole)
            release(hole->second, hole->first);
    }

    // Gives back the memory of a hole, or of the pages that lie in it whole.
    void release(char* address, size_t size) {
        const size_t end = (address + size - start_) / kPage;
        for (size_t page = (address - start_ + kPage - 1) / kPage; page < end; page++) {
            size_t beyond = page;
            for (; beyond < end && held_[beyond]; beyond++)
                held_[beyond] = false;
            if (beyond > page)
                madvise(start_ + page * kPage, (beyond - page) * kPage, MADV_DONTNEED);
            pages_ -= beyond - page;
            page = beyond;
        }
    }

    char *start_ = nullptr, *end_ = nullptr;
    size_t live_ = 0, most_ = 0; // bytes in blocks, and the most there have been
    size_t pages_ = 0; // that have been written to and not given back
    std::vector<bool> held_; // which
    std::mutex mutex_;
    std::unordered_map<char*, size_t> blocks_;
    std::map<char*, size_t> by_address_;
    std::set<std::pair<size_t, char*>> by_size_;
};

// Neither is ever destroyed: tensors may outlive everything.
Region& region() {
    static auto* one = new Region;
    return *one;
}

c10::Allocator* usual = nullptr;

void release(void* memory) {
    if (region().contains(memory))
        region().give_back(memory);
    else
        usual->raw_deleter()(memory);
}

// Without `override`, because libtorch's versions differ in which of these they have.
class LargeBlocks final : public c10::Allocator {
public:
    c10::DataPtr allocate(size_t size) const {
        void* memory = size >= kLarge ? region().take(size) : nullptr;
        if (!memory)
            return usual->allocate(size);
        return {memory, memory, &release, c10::Device(c10::DeviceType::CPU)};
    }

    c10::DataPtr allocate(size_t size) { return static_cast<const LargeBlocks*>(this)->allocate(size); }

    c10::DeleterFnPtr raw_deleter() const { return &release; }

    void copy_data(void* to, const void* from, size_t size) const { std::copy_n(static_cast<const char*>(from), size, static_cast<char*>(to)); }
};

}  // namespace

void avs::keep_large_blocks() {
    // Twice the machine's memory: holes need addresses, and what is not touched costs nothing.
    const size_t memory = static_cast<size_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<size_t>(sysconf(_SC_PAGESIZE));
    if (!region().reserve(2 * memory))
        return;
    usual = c10::GetCPUAllocator();
    static auto* large = new LargeBlocks;
    c10::SetCPUAllocator(large, /*priority=*/1);
}
